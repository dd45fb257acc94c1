/** The accounts that the store knows, from its own file and from the account service, told to who needs them. */
import { join } from 'node:path'
import type { StoreRuntime } from '../edge/runtime/port.ts'
import type { Account } from '../models/contracts/recording.ts'
import { type AccountSource, type AccountsOptions, createAccountSource, mergeAccounts } from './accounts.ts'

export interface KnownAccountsOptions extends Pick<AccountsOptions, 'storeId' | 'storeName' | 'service' | 'log'> {
  readonly dataDir: string
  /** Known beside those of the account service. */
  readonly fixed: readonly Account[]
  readonly setAccounts: (accounts: readonly Account[]) => void
  readonly runtime: Pick<StoreRuntime, 'forget' | 'offerAgain'>
}

export function createKnownAccounts(options: KnownAccountsOptions): AccountSource {
  const { dataDir, fixed, setAccounts, runtime, log, ...source } = options
  setAccounts(fixed)
  return createAccountSource({
    ...source,
    log,
    cacheFile: join(dataDir, `${source.storeId}-accounts.json`),
    markFile: join(dataDir, `${source.storeId}-books-mark`),
    async onBillsWanted({ from, to }) {
      const count = await runtime.offerAgain(from, to)
      if (count > 0) log.warn({ count }, 'the account service was put back from a copy: it gets these bills once more')
    },
    onAccounts(polled) {
      const erased = new Set(polled.flatMap(({ id, erased }) => (erased === true ? [id] : [])))
      setAccounts(mergeAccounts(fixed, polled).filter(({ id }) => !erased.has(id)))
      if (erased.size === 0) return
      runtime.forget([...erased]).then(
        (rows) => rows > 0 && log.info({ rows }, 'what the store kept of erased accounts was removed'),
        (error: Error) => log.warn({}, `what is kept of erased accounts could not be removed: ${error.message}`),
      )
    },
  })
}

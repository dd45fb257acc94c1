/** The accounts that may come in: asked of the account service, kept in a file for when it cannot be asked. */
import { dirname } from 'node:path'
import { type Wait, waitByTimer } from '../cloud-sync/delivery-send.ts'
import { type BillsWanted, billsWantedHeader, readBillsWanted } from '../cloud-sync/stores/bills-wanted.ts'
import { booksMarkHeader } from '../cloud-sync/stores/books-mark.ts'
import { failedRefundsHeader, failedRefundWords } from '../cloud-sync/stores/failed-refunds-header.ts'
import { type Account, parseAccounts } from '../models/contracts/recording.ts'
import { describeFault } from '../models/contracts/validate.ts'
import { type Files, platformFiles } from '../models/platform/files.ts'
import { type CredentialWatch, createCredentialWatch } from './credential-watch.ts'
import type { BusLog } from './mqtt/bus.ts'

/** Somebody who has just made an account gets in after this at the latest. */
const pollMs = 5_000
const requestTimeoutMs = 10_000

export interface AccountsOptions {
  readonly storeId: string
  /** For the pages of shoppers. */
  readonly storeName: string
  /** The account service and the store's credential there; null where the store runs without one. */
  readonly service: { readonly url: string; readonly token: string } | null
  /** The latest answer is kept here. */
  readonly cacheFile: string
  /** And here what it says of bills that were taken, for the account service to find out whether it has forgotten some. */
  readonly markFile: string
  readonly onAccounts: (accounts: readonly Account[]) => void
  /** The account service wants bills once more; asked again when it rejects. */
  readonly onBillsWanted: (wanted: BillsWanted) => Promise<void>
  readonly log: BusLog
  readonly fetch?: typeof fetch
  readonly wait?: Wait
  /** Milliseconds since the epoch. */
  readonly now?: () => number
  readonly disk?: Files
}

export interface AccountSource {
  /** Reads the file, then asks for the first time; an account service that does not answer stops nothing. */
  start(): Promise<void>
  /** What somebody must see to at the account service, in words: the store's credential, refunds that failed. */
  notices(): readonly string[]
  stop(): Promise<void>
}

export function createAccountSource(options: AccountsOptions): AccountSource {
  return new PolledAccounts(options)
}

class PolledAccounts implements AccountSource {
  readonly #options: AccountsOptions
  readonly #credential: CredentialWatch
  #etag: string | null = null
  #failedRefunds: string | null = null
  #booksMark: string | null = null
  /** As it was heard last. */
  #billsWanted: string | null = null
  #reachable = true
  #abort = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(options: AccountsOptions) {
    this.#options = options
    this.#credential = createCredentialWatch({ now: options.now ?? Date.now, log: options.log })
  }

  notices(): readonly string[] {
    return [this.#credential.notice(), this.#failedRefunds].filter((notice) => notice !== null)
  }

  async start(): Promise<void> {
    this.#abort = new AbortController()
    this.#fromCache()
    this.#booksMark = this.#keptMark()
    if (this.#options.service === null) return
    this.#running = this.#poll()
    await this.#running
    this.#running = this.#pollOn()
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#running
  }

  #fromCache(): void {
    const { cacheFile, onAccounts, log, disk = platformFiles } = this.#options
    try {
      onAccounts(accountsOf(JSON.parse(disk.read(cacheFile).toString('utf8')), cacheFile))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') log.warn({}, `accounts: ${(error as Error).message}`)
    }
  }

  /** Null: none, or what is no header; the service tells another one. */
  #keptMark(): string | null {
    const { markFile, disk = platformFiles } = this.#options
    try {
      return /^[!-~]{1,500}$/.exec(disk.read(markFile).toString('utf8'))?.[0] ?? null
    } catch {
      return null
    }
  }

  async #poll(): Promise<void> {
    try {
      await this.#ask()
      if (!this.#reachable) this.#options.log.info({}, 'the account service answers again')
      this.#reachable = true
    } catch (error) {
      if (this.#abort.signal.aborted) return
      if (this.#reachable)
        this.#options.log.warn({}, `the account service: ${reasonOf(error)}; known accounts stay good`)
      this.#reachable = false
    }
  }

  async #pollOn(): Promise<void> {
    const { wait = waitByTimer } = this.#options
    while (!this.#abort.signal.aborted) {
      await wait(pollMs, this.#abort.signal)
      if (!this.#abort.signal.aborted) await this.#poll()
    }
  }

  async #ask(): Promise<void> {
    const { service, storeId, storeName, fetch: request = fetch, wait = waitByTimer } = this.#options
    if (service === null) return
    const headers: Record<string, string> = { authorization: `Bearer ${service.token}` }
    if (this.#etag !== null) headers['if-none-match'] = this.#etag
    if (this.#booksMark !== null) headers[booksMarkHeader] = this.#booksMark
    const url = new URL(`/v1/stores/${storeId}/accounts`, service.url)
    url.searchParams.set('name', storeName)
    const late = new AbortController()
    const answered = new AbortController()
    const signal = AbortSignal.any([this.#abort.signal, late.signal])
    void wait(requestTimeoutMs, answered.signal).then(() => late.abort(new Error('no answer within 10 s')))
    try {
      const answer = await request(url, { headers, redirect: 'error', signal })
      this.#credential.heard(answer)
      this.#failedRefunds = failedRefundWords(answer.headers.get(failedRefundsHeader))
      if (answer.status !== 304) await this.#take(answer)
      // Last: whoever is let in no more must not wait until a journal can be written.
      await this.#offerAgain(answer.headers.get(billsWantedHeader))
      await this.#keepMark(answer.headers.get(booksMarkHeader))
    } finally {
      answered.abort()
    }
  }

  async #take(answer: Response): Promise<void> {
    if (!answer.ok) throw new Error(`answered ${answer.status} when asked for accounts`)
    const accounts = accountsOf(await answer.json(), 'accounts')
    this.#options.onAccounts(accounts)
    await this.#keep(this.#options.cacheFile, JSON.stringify(accounts))
    // Not before: what could not be kept is asked for again.
    this.#etag = answer.headers.get('etag')
  }

  async #offerAgain(header: string | null): Promise<void> {
    const wanted = readBillsWanted(header)
    if (wanted === null || header === this.#billsWanted) return
    await this.#options.onBillsWanted(wanted)
    this.#billsWanted = header
  }

  /** After bills that it wants again: until they are offered, the service is to hear the mark of what it has forgotten. */
  async #keepMark(mark: string | null): Promise<void> {
    if (mark === null || mark === this.#booksMark) return
    await this.#keep(this.#options.markFile, mark)
    this.#booksMark = mark
  }

  /** Written aside, synced and renamed, so that a power cut leaves the old file or the new one. */
  async #keep(path: string, text: string): Promise<void> {
    const { disk = platformFiles } = this.#options
    disk.makeFolder(dirname(path))
    await disk.remove(`${path}.new`)
    const file = await disk.create(`${path}.new`, 0o600)
    await file.append(Buffer.from(text)).then(file.sync).finally(file.close)
    await disk.rename(`${path}.new`, path)
    await disk.syncFolder(dirname(path))
  }
}

/** Throws with the first fault in words. */
export function accountsOf(value: unknown, where: string): readonly Account[] {
  const parsed = parseAccounts(value)
  if (parsed.ok) return parsed.value
  throw new Error(`${where}${parsed.faults.slice(0, 1).map(describeFault).join()}`)
}

/** One entry an account: those of both lists with all their codes; what only one of them knows is kept. */
export function mergeAccounts(first: readonly Account[], second: readonly Account[]): readonly Account[] {
  const merged = new Map(first.map((account) => [account.id, account]))
  for (const account of second) {
    const known = merged.get(account.id)
    const codes = [...new Set([...(known?.codes ?? []), ...account.codes])]
    merged.set(account.id, { ...known, ...account, codes })
  }
  return [...merged.values()]
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: NodeJS.ErrnoException }
  return cause?.code === 'ECONNREFUSED' ? 'nothing listens at its address' : (cause?.message ?? message)
}

/** Whether an entry code of a phone is good, by itself: signed by a known phone, for this store, for now. Pure. */
import type { Account } from '../../models/contracts/recording.ts'
import { renderFound } from '../../models/contracts/validate.ts'
import { type EntryCode, parseCode, windowAt, windowMs } from '../../models/entry/code.ts'
import { isSignedBy } from '../../models/entry/keys.ts'
import type { Cause } from '../ingest/causes.ts'

/** A phone whose account may come in, or is refused. */
interface KnownKey {
  readonly account: Account
  readonly publicKey: string
}

/** By key id. */
export type KnownKeys = ReadonlyMap<string, KnownKey>

export interface Refusal {
  readonly cause: Cause
  readonly found: string
  readonly wanted: string
}

export type Checked =
  /** `code`: null for a card's, which is good again and again. */
  | { readonly kind: 'good'; readonly code: EntryCode | null; readonly account: Account }
  | ({ readonly kind: 'refused' } & Refusal)

/** A phone's clock and the store's may differ by one window (RFC 6238, 6). */
const skewWindows = 1

export function knownKeys(accounts: readonly Account[]): KnownKeys {
  return new Map(
    accounts.flatMap((account) =>
      (account.entryKeys ?? []).map(({ id, publicKey }): [string, KnownKey] => [id, { account, publicKey }]),
    ),
  )
}

/** `tag`: of this store. `now`: the store's time, milliseconds since the epoch. */
export function checkCode(text: string, keys: KnownKeys, tag: string, now: number): Checked {
  const signed = parseCode(text)
  if (signed === null) return refused('code-altered', shorten(text), 'the 139 letters that the phone shows')
  const { code } = signed
  const known = keys.get(code.keyId)
  if (known === undefined) return refused('code', shorten(text), 'the code of an account')
  if (!isSignedBy(known.publicKey, signed))
    return refused('code-altered', shorten(text), "a code with the phone's signature")
  if (code.storeTag !== tag) return refused('code-store', shorten(text), 'a code for this store')
  const ahead = code.window - windowAt(now)
  if (Math.abs(ahead) > skewWindows) return refused(ahead < 0 ? 'code-old' : 'code-early', timeOf(code, now), clocks)
  if (known.account.refused !== undefined) return refused('unpaid', shorten(text), paidUp)
  return { kind: 'good', code, account: known.account }
}

/** A code is a key while it lasts: the words for a log show only how it begins. */
export function shorten(code: string): string {
  return renderFound(code.length > 4 ? `${code.slice(0, 4)}…` : code)
}

export const paidUp = 'the code of an account that owes nothing'
const clocks = 'one of now; when this happens to many, the clock of the gateway is wrong'

function timeOf({ window }: EntryCode, now: number): string {
  const seconds = Math.round((window * windowMs - now) / 1000)
  return `one of ${Math.abs(seconds)} s ${seconds < 0 ? 'before' : 'after'} the store's time`
}

export function refused(cause: Cause, found: string, wanted: string): Checked {
  return { kind: 'refused', cause, found, wanted }
}

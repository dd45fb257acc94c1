/** Where a rule can be broken on purpose, to see that the oracle notices: each wraps one part; the clean world wraps none. */
import type { PaymentProvider } from '../../../cloud-sync/payments/provider.ts'
import type { Journal } from '../../../edge/runtime/journal.ts'
import { restore } from '../../../edge/runtime/journal-backup.ts'
import type { StoreRuntime } from '../../../edge/runtime/port.ts'
import type { DiskRoom } from '../../../gateway/disk-room.ts'
import type { UsedCodes } from '../../../gateway/entry/used-codes.ts'
import type { Spool } from '../../../gateway/spool/spool.ts'
import type { Account } from '../../../models/contracts/recording.ts'

export interface Breakage {
  spool(spool: Spool): Spool
  journal(journal: Journal): Journal
  /** As the intake uses it. */
  runtime(runtime: StoreRuntime): StoreRuntime
  room(room: DiskRoom): DiskRoom
  /** Of a process; another one gets another. */
  usedCodes(codes: UsedCodes): UsedCodes
  /** The command that puts a copy of the journal back. */
  restore(backup: string, path: string, now: number): void
  /** The same for the account service. */
  restoreService(backup: string, path: string, now: number): void
  provider(provider: PaymentProvider): PaymentProvider
  /** Payloads on their way into the gateway. */
  payload(payload: Uint8Array): Uint8Array
  accounts(accounts: readonly Account[]): readonly Account[]
  /** Of the delivery of bills. */
  fetch(request: typeof fetch): typeof fetch
}

export const unbroken: Breakage = {
  spool: (spool) => spool,
  journal: (journal) => journal,
  runtime: (runtime) => runtime,
  room: (room) => room,
  usedCodes: (codes) => codes,
  restore,
  restoreService: restore,
  provider: (provider) => provider,
  payload: (payload) => payload,
  accounts: (accounts) => accounts,
  fetch: (request) => request,
}

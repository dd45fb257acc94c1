/** Rules broken on purpose, each in one place, to see that the oracle notices and how soon. For tests alone. */
import { copyFileSync, rmSync } from 'node:fs'
import type { Answer, PaymentProvider } from '../../cloud-sync/payments/provider.ts'
import type { SensorEvent } from '../../edge/events.ts'
import type { Journal } from '../../edge/runtime/journal.ts'
import { usingAlone } from '../../edge/runtime/journal-backup.ts'
import type { Commit } from '../../edge/runtime/journal-store.ts'
import type { UsedCodes } from '../../gateway/entry/used-codes.ts'
import { type Breakage, unbroken } from './world/breakage.ts'

export const bugs = {
  'acknowledge-before-sync': () => ({ spool: (spool) => ({ ...spool, durable: async () => spool.write() }) }),
  'bill-in-its-own-transaction': () => ({ journal: billedApart }),
  'sequence-not-checked': () => {
    let copies = 0
    return { payload: (payload) => renumbered(payload, ++copies) }
  },
  'gate-forgets-the-journal': () => ({ runtime: (runtime) => ({ ...runtime, problem: () => null }) }),
  'gate-forgets-the-room': () => ({ room: (room) => ({ ...room, problem: () => null }) }),
  'late-counts-as-now': () => ({
    runtime: (runtime) => ({ ...runtime, accept: (event) => runtime.accept(asOfNow(event)) }),
  }),
  'used-codes-in-memory': () => ({ usedCodes: rememberedCodes }),
  'restore-forgets-bills': () => ({ restore: merelyCopied }),
  'service-restored-in-silence': () => ({ restoreService: copiedAsOthers }),
  'gate-forgets-debts': () => ({ accounts: (accounts) => accounts.map(({ refused: _, ...account }) => account) }),
  'new-key-at-each-try': () => {
    let tries = 0
    return {
      provider: (provider) => asking(provider, (order) => provider.send({ ...order, key: `${order.key}-${++tries}` })),
    }
  },
  'silence-is-a-no': () => ({
    provider: (provider) =>
      asking(provider, (order) => provider.send(order).catch((): Answer => ({ kind: 'declined', reason: 'declined' }))),
  }),
  'trip-named-by-attempt': () => {
    let attempts = 0
    return { fetch: (request) => renamed(request, () => ++attempts) }
  },
} as const satisfies Record<string, () => Partial<Breakage>>

export type Bug = keyof typeof bugs
export const bugNames = Object.keys(bugs) as readonly Bug[]

/** A world with it; without one, the world as it is. */
export function breakageOf(bug: Bug | null): Breakage {
  return bug === null ? unbroken : { ...unbroken, ...bugs[bug]() }
}

/** Nothing is taken over from what was there, and nobody is asked for it, but by an account service that finds out. */
export function merelyCopied(backup: string, path: string): void {
  rmSync(`${path}-wal`, { force: true })
  copyFileSync(backup, path)
}

/** Which it cannot: stores that say what they heard are taken for those of another. */
function copiedAsOthers(backup: string, path: string): void {
  merelyCopied(backup, path)
  usingAlone(path, (db) => db.exec('UPDATE books_key SET key = hex(randomblob(32))'))
}

function asking(provider: PaymentProvider, send: PaymentProvider['send']): PaymentProvider {
  return { ...provider, send }
}

/** The observations first, the outbox afterwards. */
function billedApart(journal: Journal): Journal {
  const commit = async (whole: Commit) => {
    if (whole.bills.length === 0) return journal.commit(whole)
    await journal.commit({ ...whole, bills: [] })
    const { bills, reviews } = whole
    return journal.commit({
      observations: [],
      events: [],
      bills,
      reviews: { ...reviews, evidence: [], cases: [], decisions: [] },
      late: { cases: [], decisions: [] },
      snapshot: null,
    })
  }
  return new Proxy(journal, {
    get: (target, method) => (method === 'commit' ? commit : Reflect.get(target, method)),
  })
}

/** Whoever stands there when it is said at last. */
function asOfNow(event: SensorEvent): SensorEvent {
  if (event.kind !== 'late-change') return event
  const { isTimeKnown: _, from, to, ...said } = event
  return { ...said, kind: 'weight-change', from: event.ts - (to - from), to: event.ts }
}

/** For as long as the process runs. */
function rememberedCodes(codes: UsedCodes): UsedCodes {
  const uses = new Map<string, string>()
  return {
    ...codes,
    use({ keyId, window, guest }, { device, seq }, _account, at) {
      const code = `${keyId} ${window} ${guest}`
      if (uses.has(code)) return { device, at, isSameCode: true }
      uses.set(code, `${device} ${seq}`)
      return null
    },
    letInBy: ({ keyId, window, guest }, { device, seq }) =>
      uses.get(`${keyId} ${window} ${guest}`) === `${device} ${seq}` ? { account: null } : null,
  }
}

/** A copy that comes again looks like something new. */
function renumbered(payload: Uint8Array, copy: number): Uint8Array {
  const message = JSON.parse(Buffer.from(payload).toString()) as { seq: number; id?: string }
  const id = message.id === undefined ? {} : { id: `${message.id}+${copy}` }
  return Buffer.from(JSON.stringify({ ...message, ...id, seq: 100_000 + copy }))
}

function renamed(request: typeof fetch, next: () => number): typeof fetch {
  return (input, init) => {
    const purchase = JSON.parse(String(init?.body)) as { idempotentShoppingTripId: string }
    const idempotentShoppingTripId = `${purchase.idempotentShoppingTripId}+${next()}`
    return request(input, { ...init, body: JSON.stringify({ ...purchase, idempotentShoppingTripId }) })
  }
}

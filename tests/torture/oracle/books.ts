/** The account service's money beside the provider's: the books are right, and each of both has what the other has. */
import { type BillEvent, type BillState, nextState } from '../../../cloud-sync/ledger/states.ts'
import { auditPayments } from '../../../cloud-sync/payments/audit.ts'
import type { SqlSession } from '../../../cloud-sync/sql.ts'
import type { Account } from '../../../models/contracts/recording.ts'
import type { SimulatedDatabase } from '../world/database.ts'
import { both, type Facts, factsOf, noFacts } from './forgotten.ts'
import type { OutboxLine } from './journal.ts'
import { require } from './violation.ts'

const settled: ReadonlySet<string> = new Set(['nothing-due', 'paid', 'refunded', 'written-off', 'review'])

/** Rows of the account service's database as they are; it must be open, with no transaction under way. */
export type Books = Pick<SimulatedDatabase, 'peek'>

/** What the provider did. */
export interface Moves {
  /** By the key of the order, what it came to. */
  readonly done: ReadonlyMap<string, { readonly answer: { readonly kind: string } }>
  /** Keys of refunds that came back. */
  readonly returned?: ReadonlySet<string>
  /** Keys that came again with something else, or had another effect. */
  readonly misused: readonly string[]
  /** Keys under which the books ask for another amount than was taken, since a copy of them was put back. */
  readonly disputed?: ReadonlySet<string>
  /** What was taken less what was given back, minor units, under the keys that count: all of them by itself. */
  netMinor(isCounted?: (key: string) => boolean): number
}

/** At any time. `forgotten`: what they had whenever a copy of them was put back. */
export async function requireBooks(database: Books, moves: Moves, forgotten = noFacts): Promise<void> {
  await requireBalance(database)
  requireOneEffect(both(forgotten, factsOf(database)), moves)
}

/** What can be said of them without the provider. */
async function requireBalance(database: Books): Promise<void> {
  const session: SqlSession = {
    query: async (sql, values) => database.peek(sql, values),
    run: async () => 0,
  }
  const problems = await auditPayments(session)
  require('the books are right', problems.length === 0, problems.join('; '))
  requireTransitions(database)
}

function requireTransitions(database: Books): void {
  const events = database.peek<{ purchase_id: string; event: BillEvent; state: BillState }>(
    'SELECT purchase_id, event, state FROM bill_event ORDER BY purchase_id, position',
  )
  const states = new Map<string, BillState>()
  for (const { purchase_id: bill, event, state } of events) {
    const before = states.get(bill) ?? 'new'
    const wanted = nextState(before, event)
    require(`${event} leads from ${before} to ${wanted}`, wanted === state, `${state}, bill ${bill}`)
    states.set(bill, state)
  }
}

/** Nobody pays a bill twice or gets a refund twice, whatever the service knows of it by now. */
function requireOneEffect({ asked, refunds }: Facts, { done, misused, returned, disputed = new Set() }: Moves): void {
  require('a key means one order for ever', misused.length === 0, misused.join())
  for (const key of disputed) {
    const trip = asked.get(key)?.trip
    const isWaived = [...refunds.values()].some((refund) => refund.trip === trip && refund.waived)
    require('the same amount is asked for again, but where some was waived', isWaived, `${key}, ${trip}`)
  }
  const effects = new Set<string>()
  for (const [key, { answer }] of done) {
    const attempt = asked.get(key)
    require('the provider is asked only what was written down', attempt !== undefined, `${answer.kind} ${key}`)
    if ((answer.kind !== 'captured' && answer.kind !== 'refunded') || returned?.has(key)) continue
    const what = answer.kind === 'captured' ? `bill ${attempt?.trip}` : `refund ${attempt?.refund}`
    require('money moves once for each bill and refund', !effects.has(what), `twice for ${what}`)
    effects.add(what)
  }
}

export interface Promised {
  /** By trip: the id of the purchase. */
  readonly purchases: ReadonlyMap<string, string>
  readonly refunds: Refunds
  /** What the books had whenever a copy of them was put back. */
  readonly forgotten: Facts
}

/** By id: what was granted. */
export type Refunds = ReadonlyMap<string, { readonly tripId: string; readonly amountMinor: number }>

/** In the end, when nothing is due any more. */
export function requireSettled(database: Books, moves: Moves, outbox: readonly OutboxLine[], promised: Promised): void {
  requireDelivered(database, outbox)
  requirePromised(database, promised)
  requirePaid(database, moves, new Set(), promised.forgotten)
}

type Standing = {
  readonly id: string
  readonly trip: string
  readonly state: string
  readonly account: string | null
  /** What was left of it was less than the provider charges. */
  readonly isTooSmall: number
}

/**
 * Nothing is left to ask, and the provider has what the books say. `owing`: accounts whose bills stay declined. `forgotten`: of
 * whatever is disputed with the provider since, the books say nothing; a person has to look.
 */
export function requirePaid(
  database: Books,
  moves: Moves,
  owing: ReadonlySet<string> = new Set(),
  forgotten = noFacts,
): void {
  const { asked } = both(forgotten, factsOf(database))
  const disputed = new Set([...(moves.disputed ?? [])].map((key) => asked.get(key)?.trip ?? ''))
  const open = database
    .peek<{ id: string }>('SELECT attempt_id AS id FROM open_attempt')
    .filter(({ id }) => !disputed.has(asked.get(id)?.trip ?? ''))
  require('every question to the provider is answered', open.length === 0, JSON.stringify(open))
  for (const { id, trip, state, account, isTooSmall } of database.peek<Standing>(
    `SELECT bill_payment.purchase_id AS id, purchase.trip_id AS trip, bill_payment.state AS state, purchase.account_id AS account,
       EXISTS (SELECT 1 FROM bill_event WHERE purchase_id = purchase.id AND reason = 'too-small') AS isTooSmall
     FROM bill_payment JOIN purchase ON purchase.id = bill_payment.purchase_id`,
  )) {
    if (disputed.has(trip)) continue
    const isOpen = (state === 'declined' && owing.has(account ?? '')) || (state === 'unpaid' && isTooSmall === 1)
    require('every bill comes to its end', settled.has(state) || isOpen, `bill ${id} of ${account} is ${state}`)
  }
  const taken = database
    .peek<{ trip: string; minor: number }>(
      `SELECT purchase.trip_id AS trip, SUM(ledger_entry.amount_minor) AS minor FROM ledger_entry
         JOIN bill_event ON bill_event.key = ledger_entry.event_key
         JOIN purchase ON purchase.id = bill_event.purchase_id
       WHERE ledger_entry.account = 'provider' GROUP BY purchase.trip_id`,
    )
    .reduce((sum, { trip, minor }) => sum + (disputed.has(trip) ? 0 : minor), 0)
  const net = moves.netMinor((key) => !disputed.has(asked.get(key)?.trip ?? ''))
  require(`the provider has ${taken} of us, as the books say`, taken === net, String(net))
}

/** The service's names of trips and refunds begin with the store's. */
export const withoutStore = (column: string) => `substr(${column}, instr(${column}, '/') + 1)`

function requirePromised(database: Books, { purchases, refunds }: Promised): void {
  for (const { id, trip } of database.peek<{ id: string; trip: string }>(
    `SELECT id, ${withoutStore('trip_id')} AS trip FROM purchase`,
  )) {
    const known = purchases.get(trip)
    require(`${trip} is ${known}, as the store was told`, known === id, id)
  }
  requireRefunds(database, refunds)
}

export function requireRefunds(database: Books, refunds: Refunds): void {
  for (const [id, { amountMinor }] of refunds) {
    const [refund] = database.peek<{ minor: number }>(
      `SELECT amount_minor AS minor FROM refund WHERE ${withoutStore('id')} = ?`,
      [id],
    )
    require(`${id} is granted, of ${amountMinor}`, refund?.minor === amountMinor, String(refund?.minor))
  }
}

/** One purchase a trip, with what the store billed. */
export function requireDelivered(database: Books, outbox: readonly OutboxLine[]): void {
  const rows = database.peek<{ trip: string; body: string }>(
    `SELECT ${withoutStore('trip_id')} AS trip, body FROM purchase`,
  )
  const trips = new Set(outbox.map(({ tripId }) => tripId))
  for (const { trip } of rows) require('every purchase is of a bill of the store', trips.has(trip), `one of ${trip}`)
  for (const trip of trips) {
    const found = rows.filter((row) => row.trip === trip)
    require(`one purchase of ${trip}`, found.length === 1, String(found.length))
    const [row] = found
    const lines = outbox.filter(({ tripId }) => tripId === trip)
    const latest = lines.find(({ part }) => part === 'decision') ?? lines[0]
    const wanted = latest === undefined ? '' : contentOf(latest.purchase)
    const body = row === undefined ? '' : contentOf(JSON.parse(row.body))
    require(`the purchase of ${trip} is ${wanted}`, body === wanted, body)
  }
}

/** All but the name of the attempt, with its keys in order. */
function contentOf(purchase: object): string {
  return JSON.stringify({ ...purchase, requestId: '' }, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}

export function accountsIn(database: Books): Account[] {
  return database
    .peek<{ id: string; refused: 'unpaid-bill' | null }>('SELECT id, refused FROM account')
    .map(({ id, refused }) => ({ id, codes: [], ...(refused === null ? {} : { refused }) }))
}

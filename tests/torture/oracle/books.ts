/** The account service's money beside the provider's: the books are right, and each of both has what the other has. */
import { type BillEvent, type BillState, nextState } from '../../../cloud-sync/ledger/states.ts'
import { auditPayments } from '../../../cloud-sync/payments/audit.ts'
import type { SqlSession } from '../../../cloud-sync/sql.ts'
import type { Account } from '../../../models/contracts/recording.ts'
import type { SimulatedDatabase } from '../world/database.ts'
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
  /** What was taken less what was given back, minor units. */
  netMinor(): number
}

/** At any time. */
export async function requireBooks(database: Books, moves: Moves): Promise<void> {
  await requireBalance(database)
  requireOneEffect(database, moves)
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
function requireOneEffect(database: Books, { done, misused, returned }: Moves): void {
  require('a key means one order for ever', misused.length === 0, misused.join())
  const attempts = new Map(
    database
      .peek<{ id: string; purchase_id: string; refund_id: string | null }>(
        'SELECT id, purchase_id, refund_id FROM attempt',
      )
      .map((attempt) => [attempt.id, attempt]),
  )
  const effects = new Set<string>()
  for (const [key, { answer }] of done) {
    const attempt = attempts.get(key)
    require('the provider is asked only what was written down', attempt !== undefined, `${answer.kind} ${key}`)
    if ((answer.kind !== 'captured' && answer.kind !== 'refunded') || returned?.has(key)) continue
    const what = answer.kind === 'captured' ? `bill ${attempt?.purchase_id}` : `refund ${attempt?.refund_id}`
    require('money moves once for each bill and refund', !effects.has(what), `twice for ${what}`)
    effects.add(what)
  }
}

export interface Promised {
  /** By trip: the id of the purchase. */
  readonly purchases: ReadonlyMap<string, string>
  readonly refunds: Refunds
}

/** By id: what was granted. */
export type Refunds = ReadonlyMap<string, { readonly tripId: string; readonly amountMinor: number }>

/** In the end, when nothing is due any more. */
export function requireSettled(database: Books, moves: Moves, outbox: readonly OutboxLine[], promised: Promised): void {
  requireDelivered(database, outbox)
  requirePromised(database, promised)
  requirePaid(database, moves)
}

type Standing = {
  readonly id: string
  readonly state: string
  readonly account: string | null
  /** What was left of it was less than the provider charges. */
  readonly isTooSmall: number
}

/** Nothing is left to ask, and the provider has what the books say. `owing`: accounts whose bills stay declined. */
export function requirePaid(database: Books, moves: Moves, owing: ReadonlySet<string> = new Set()): void {
  const open = database.peek('SELECT * FROM open_attempt')
  require('every question to the provider is answered', open.length === 0, JSON.stringify(open))
  for (const { id, state, account, isTooSmall } of database.peek<Standing>(
    `SELECT bill_payment.purchase_id AS id, bill_payment.state AS state, purchase.account_id AS account,
       EXISTS (SELECT 1 FROM bill_event WHERE purchase_id = purchase.id AND reason = 'too-small') AS isTooSmall
     FROM bill_payment JOIN purchase ON purchase.id = bill_payment.purchase_id`,
  )) {
    const isOpen = (state === 'declined' && owing.has(account ?? '')) || (state === 'unpaid' && isTooSmall === 1)
    require('every bill comes to its end', settled.has(state) || isOpen, `bill ${id} of ${account} is ${state}`)
  }
  const [taken] = database.peek<{ minor: number }>(
    "SELECT COALESCE(SUM(amount_minor), 0) AS minor FROM ledger_entry WHERE account = 'provider'",
  )
  const net = moves.netMinor()
  require(`the provider has ${taken?.minor} of us, as the books say`, taken?.minor === net, String(net))
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

/** What the journal must hold in the end: one entry of the outbox for each bill that follows from its observations. */
import { copyFileSync, existsSync, rmSync } from 'node:fs'
import { checkPurchase } from '../../../cloud-sync/purchase-check.ts'
import { catalogueOf } from '../../../edge/core.ts'
import { initialState, step } from '../../../edge/engine/engine.ts'
import type { NotedCase } from '../../../edge/engine/late.ts'
import type { ReceiptPolicy } from '../../../edge/engine/receipt.ts'
import type { Observation } from '../../../edge/observations.ts'
import { openJournalStore } from '../../../edge/runtime/journal-store.ts'
import type { LateRow } from '../../../edge/runtime/late-tables.ts'
import { toPurchase } from '../../../edge/runtime/paper.ts'
import type { Purchase } from '../../../models/contracts/http.ts'
import type { LateDecision } from '../../../models/contracts/late.ts'
import { type Database, openDatabase } from '../../../models/platform/open-database.ts'
import { policy, shop } from '../world/shop.ts'
import { require } from './violation.ts'

export interface OutboxLine {
  readonly tripId: string
  readonly part: 'bill' | 'decision'
  readonly purchase: Purchase
  readonly delivered: boolean
}

/** A case of what was said too late. */
export interface KeptCase extends NotedCase {
  readonly decision: LateDecision | null
}

export interface JournalContents {
  readonly observations: readonly Observation[]
  /** The engine's state as text, as the process left it. */
  readonly engine: string | null
  readonly outbox: readonly OutboxLine[]
  /** Cases of what was said too late. */
  readonly late: readonly KeptCase[]
}

/** Of a gateway that has come to an orderly end. */
export function readJournal(path: string): JournalContents {
  const journal = openJournalStore(path)
  const { snapshot, damage } = journal.open(shop.id)
  const observations = journal.observations().map((body) => JSON.parse(body) as Observation)
  journal.close()
  require('a journal without damage', damage === null, String(damage))
  const db = openDatabase(path)
  const outbox = outboxIn(db)
  const late = casesIn(db)
  db.close()
  return { observations, engine: snapshot?.engine ?? null, outbox, late }
}

type OutboxRow = { trip_id: string; part: 'bill' | 'decision'; purchase: string; delivered_at: number | null }

/** What outlives the return to a copy: of a journal that a dead process left, which is as it was afterwards. */
export function factsIn(path: string): Pick<JournalContents, 'outbox' | 'late'> {
  const copy = `${path}-looked-at`
  for (const part of ['', '-wal']) if (existsSync(`${path}${part}`)) copyFileSync(`${path}${part}`, `${copy}${part}`)
  const db = openDatabase(copy)
  const facts = { outbox: outboxIn(db), late: casesIn(db) }
  db.close()
  rmSync(copy)
  return facts
}

function casesIn(db: Database): KeptCase[] {
  const rows = db.prepare('SELECT body, decision FROM late_case ORDER BY seq').all<LateRow>()
  return rows.map(({ body, decision }) => ({
    ...(JSON.parse(body) as NotedCase),
    decision: decision === null ? null : (JSON.parse(decision) as LateDecision),
  }))
}

function outboxIn(db: Database): OutboxLine[] {
  const rows = db.prepare('SELECT trip_id, part, purchase, delivered_at FROM outbox ORDER BY seq').all<OutboxRow>()
  return rows.map(({ trip_id, part, purchase, delivered_at }) => ({
    tripId: trip_id,
    part,
    purchase: JSON.parse(purchase) as Purchase,
    delivered: delivered_at !== null,
  }))
}

/** One line each, for ever. */
export function keyOf({ tripId, part }: Pick<OutboxLine, 'tripId' | 'part'>): string {
  return `${tripId} ${part}`
}

interface Past {
  /** How the gateway was told to judge what it is not sure of. */
  readonly judgedBy?: ReceiptPolicy
  /** By `keyOf`: what the outbox held when a copy of the journal was put back. What was observed since the copy is gone; bills stay. */
  readonly restored?: ReadonlyMap<string, string> | null
}

/** @throws Violation */
export function requireJournal(
  contents: JournalContents,
  decisions: ReadonlyMap<string, number>,
  { judgedBy = policy, restored = null }: Past = {},
): void {
  const { engine, bills, late } = folded(contents.observations, judgedBy)
  for (const [key, purchase] of restored ?? []) {
    const kept = contents.outbox.find((line) => keyOf(line) === key)
    require(`the bill ${key} outlives the return to a copy`, JSON.stringify(kept?.purchase) ===
      purchase, JSON.stringify(kept?.purchase))
  }
  const isNew = (tripId: string, part: OutboxLine['part']) => restored?.has(keyOf({ tripId, part })) !== true
  require('the state of the engine is a fold over the journal', engine === contents.engine, 'another state')
  requireSame(
    'the outbox holds the bills that follow from the observations',
    textsOf(bills.filter((bill) => isNew(bill.idempotentShoppingTripId, 'bill'))),
    textsOf(
      contents.outbox.flatMap(({ tripId, part, purchase }) =>
        part === 'bill' && isNew(tripId, part) ? [purchase] : [],
      ),
    ),
  )
  // What came of those since a copy that was put back is there, too (`late.ts`).
  if (restored === null)
    requireSame(
      'the cases of what was said too late follow from the observations',
      [...late.values()],
      contents.late.map(({ decision: _, ...noted }) => JSON.stringify(noted)),
    )
  const decided = contents.observations.flatMap((one) =>
    one.kind === 'decided' && isNew(one.tripId, 'decision') ? [one.tripId] : [],
  )
  requireSame(
    'the outbox holds a bill for each decision',
    decided,
    contents.outbox.flatMap(({ part, tripId }) => (part === 'decision' && isNew(tripId, part) ? [tripId] : [])),
  )
  for (const { tripId, purchase, delivered } of contents.outbox) {
    requirePurchase(tripId, purchase)
    require('every bill is delivered in the end', delivered, `trip ${tripId} is not`)
  }
  for (const [tripId, totalMinor] of decisions) {
    const kept = contents.outbox.find((line) => line.tripId === tripId && line.part === 'decision')
    const found = kept?.purchase.bill.totalMinor
    require(`the decision about ${tripId} stands at ${totalMinor}`, found === totalMinor, String(found))
  }
}

function folded(observations: readonly Observation[], judgedBy: ReceiptPolicy) {
  const catalogue = catalogueOf(shop)
  let state = initialState
  const bills: Purchase[] = []
  const late = new Map<string, string>()
  for (const observation of observations) {
    const stepped = step(catalogue, judgedBy, state, observation)
    state = stepped.state
    for (const effect of stepped.effects) {
      if (effect.kind === 'bill') bills.push(toPurchase(effect, shop))
      if (effect.kind === 'late') late.set(effect.noted.id, JSON.stringify(effect.noted))
    }
  }
  return { engine: JSON.stringify(state), bills, late }
}

const textsOf = (bills: readonly Purchase[]) => bills.map((bill) => JSON.stringify(bill))

function requirePurchase(tripId: string, purchase: Purchase): void {
  const { lines, totalMinor } = purchase.bill
  const sum = lines.reduce((total, line) => total + line.totalMinor, 0)
  require(`the lines of ${tripId} come to its total of ${totalMinor}`, sum === totalMinor, String(sum))
  require(`no quantity of ${tripId} is below 1`, lines.every(({ quantity }) => quantity >= 1), JSON.stringify(lines))
  const faults = checkPurchase(purchase)
  require(`the account service can take ${tripId}`, faults.length === 0, JSON.stringify(faults))
}

function requireSame(rule: string, expected: readonly string[], found: readonly string[]): void {
  const missing = expected.find((one) => !found.includes(one))
  require(rule, missing === undefined, `none for ${missing}`)
  const extra = found.find((one) => !expected.includes(one))
  require(rule, extra === undefined, `one more: ${extra}`)
  require(rule, expected.length === found.length, `${found.length} instead of ${expected.length}`)
}

/** What shelves said too late: on nobody's bill in silence, before a person, closed once (`docs/decisions/0016-what-is-said-too-late.md`). */
import type { NotedCase, NotedChange } from '../../../edge/engine/late.ts'
import type { Observation, SaidLate } from '../../../edge/observations.ts'
import { maxDelayMs } from '../../../gateway/ingest/delay-window.ts'
import { longestLateMs } from '../../../gateway/ingest/ingest.ts'
import type { Timed } from '../world/device.ts'
import type { Closing, LateDesk } from '../world/late-desk.ts'
import type { KeptCase, OutboxLine } from './journal.ts'
import { require } from './violation.ts'

/** Beyond a minute, a hold, and what a line takes for the word by which a clock is known. */
const surelyLateMs = longestLateMs + maxDelayMs + 15_000
/** After the gateway's clock was set it takes a minute to know how far it is from those of the devices, and as much again is safe. */
const clockKnownMs = 120_000
/** From a message's arrival until what it says is observed, by then a clock may be set again. */
const observedMs = 10_000
/** A gateway that has started hands on what there is with its first looks. */
const catchesUpMs = 5000
/** Changes differ by milligrams. */
const sameGrams = 0.0004

export interface LateLife {
  /** Changes of shelves that devices told. */
  readonly told: readonly Timed[]
  /** True times at which the gateway's clock was set. */
  readonly clockSetAt: readonly number[]
  readonly observations: readonly Observation[]
  readonly cases: readonly KeptCase[]
  readonly outbox: readonly OutboxLine[]
  readonly desk: Pick<LateDesk, 'shown' | 'closed'>
  /** Cases that there were whenever a copy of the journal was put back; null: none ever was. */
  readonly restored: readonly KeptCase[] | null
  /** True times at which that was. */
  readonly restoredAt: readonly number[]
  /** True times at which the gateway began and ceased to run, in turns. */
  readonly turns: readonly number[]
}

/** @throws Violation */
export function requireLate(life: LateLife): void {
  const said = life.observations.filter((one) => one.kind === 'said-late')
  requireInNoCart(life, said)
  for (const one of said) requireCase(life, one)
  for (const id of life.desk.shown.keys())
    require(`the case ${id} that somebody was shown is there`, life.cases.some((one) => one.id === id), 'none')
  for (const [id, closing] of life.desk.closed) requireClosed(life, id, closing)
  if (life.restored === null) requireReviewed(life)
  else requireOutlived(life, life.restored)
}

function requireInNoCart(
  { told, clockSetAt, observations, restored, restoredAt, turns }: LateLife,
  said: readonly SaidLate[],
): void {
  const changes = observations.filter((one) => one.kind === 'shelf-change')
  for (const one of told) {
    const { at, heardAt, id } = one
    const wasSet = clockSetAt.some((setAt) => setAt > at - clockKnownMs && setAt < (heardAt ?? 0) + observedMs)
    if (heardAt === null || wasSet) continue
    if (sinceMs(turns, at, heardAt) < surelyLateMs) continue
    // Event time goes back with the journal, and what the spool still has may be in time then.
    if (restoredAt.some((time) => time > heardAt)) continue
    const late = `${id}, said ${Math.round((heardAt - at) / 1000)} s late, `
    require(`${late}is in no cart`, !changes.some((change) => isAbout(change, one)), 'it is')
    // What was observed since a copy that was put back is not in the journal.
    require(`${late}is told a person`, restored !== null || said.some((each) => isAbout(each, one)), 'it is not')
  }
}

/** Event time stands while the gateway does not run, and goes on at once when it does: what is heard in between is late by less. */
function sinceMs(turns: readonly number[], at: number, heardAt: number): number {
  const [from, to] = [heardAt - catchesUpMs, heardAt + observedMs]
  return ranMs(turns, from, to) === to - from ? heardAt - at : ranMs(turns, at, to) - observedMs
}

/** How long the gateway ran between two times. */
function ranMs(turns: readonly number[], from: number, to: number): number {
  const within = (time: number) => Math.min(to, Math.max(from, time))
  return turns.reduce((sum, began, i) => (i % 2 === 0 ? sum + within(turns[i + 1] ?? to) - within(began) : sum), 0)
}

function isAbout({ cells }: Pick<SaidLate, 'cells'>, { data }: Timed): boolean {
  const { cell, deltaGrams } = data as { cell: string; deltaGrams: number }
  return cells.some((one) => one.cell === cell && Math.abs(one.deltaGrams - deltaGrams) < sameGrams)
}

function requireCase({ cases, restored }: LateLife, { shelf, ts }: SaidLate): void {
  const name = keyOf({ shelf }, { ts: Math.round(ts) })
  const found = cases.filter((one) => one.changes.some((change) => keyOf(one, change) === name)).length
  // What an older process observed may be observed again after a return to a copy, and a person hears of it twice.
  require(`${name} is in a case, once`, found === 1 || (restored !== null && found > 0), `in ${found}`)
}

const keyOf = ({ shelf }: Pick<NotedCase, 'shelf'>, { ts }: Pick<NotedChange, 'ts'>) => `${shelf} at ${ts}`

function requireClosed({ cases, observations, restored }: LateLife, id: string, { outcome, tripId }: Closing): void {
  const decision = cases.find((one) => one.id === id)?.decision
  const found = `${decision?.outcome} ${decision?.tripId}`
  require(`${id} is closed as ${outcome} ${tripId}`, found === `${outcome} ${tripId}`, found)
  const times = observations.filter((one) => one.kind === 'late-settled' && one.lateCase === id).length
  require(`${id} is closed once`, times === 1 || (restored !== null && times === 0), `${times} times`)
}

/** A bill that was not made yet, of whom a case concerns that was open when they left. */
function requireReviewed({ cases, observations, outbox }: LateLife): void {
  for (const one of cases) {
    const settledAt = indexOf(observations, (seen) => isSettled(seen, one.id))
    for (const change of one.changes) {
      const saidAt = observations.findIndex(
        (seen) => seen.kind === 'said-late' && keyOf(seen, { ts: Math.round(seen.ts) }) === keyOf(one, change),
      )
      for (const { shopper, tripId } of change.people) {
        const leftAt = indexOf(observations, (seen) => seen.kind === 'left' && seen.shopper === shopper)
        const lastLeftAt = lastIndex(observations, companionsOf(observations, shopper))
        if (leftAt < saidAt || settledAt < lastLeftAt || leftAt === Number.POSITIVE_INFINITY) continue
        const bill = outbox.find((line) => line.tripId === tripId && line.part === 'bill')?.purchase.bill
        require(`the bill of ${shopper}, whom ${one.id} concerns, waits for a person`, bill?.status ===
          'review', `${tripId} is ${bill?.status}`)
      }
    }
  }
}

/** One bill is made for all of an account who are inside together, when the last of them leaves: that is one of these. */
function companionsOf(observations: readonly Observation[], shopper: string): ReadonlySet<string> {
  const identified = observations.filter((one) => one.kind === 'identified')
  const account = identified.find((one) => one.shopper === shopper)?.account
  return new Set([shopper, ...identified.flatMap((one) => (one.account === account ? [one.shopper] : []))])
}

function lastIndex(observations: readonly Observation[], shoppers: ReadonlySet<string>): number {
  return observations.findLastIndex((one) => one.kind === 'left' && shoppers.has(one.shopper))
}

function isSettled(one: Observation, id: string): boolean {
  return one.kind === 'late-settled' && one.lateCase === id
}

function indexOf(observations: readonly Observation[], isIt: (one: Observation) => boolean): number {
  const index = observations.findIndex(isIt)
  return index < 0 ? Number.POSITIVE_INFINITY : index
}

/** Like bills: what a person was to hear of is heard of, and what one has closed stays so. */
function requireOutlived({ cases }: LateLife, restored: readonly KeptCase[]): void {
  const kept = new Set(cases.flatMap((one) => one.changes.map((change) => keyOf(one, change))))
  for (const one of restored) {
    for (const change of one.changes) {
      const name = keyOf(one, change)
      require(`${name}, said late, outlives the return to a copy`, kept.has(name), 'in no case')
    }
    if (one.decision === null) continue
    const found = cases.find(({ id }) => id === one.id)?.decision
    require(`${one.id} stays closed`, JSON.stringify(found) === JSON.stringify(one.decision), JSON.stringify(found))
  }
}

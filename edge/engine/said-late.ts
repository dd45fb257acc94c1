/** What the engine does about a change that was said too late: a case, and doubt about the bills of whom it may concern. */
import type { SaidLate } from '../observations.ts'
import type { Catalogue } from './catalogue.ts'
import {
  doubtsAbout,
  isCreep,
  type NotedCase,
  note,
  noticed,
  type PastVisit,
  type Visit,
  withPast,
  withTrip,
} from './late.ts'
import { type Effect, type EngineState, heldBy, type Session, type Stepped, type TripBill } from './state.ts'

/** Notes it. */
export function saidLate(catalogue: Catalogue, state: EngineState, said: SaidLate): Stepped {
  const change = noticed(catalogue, state.learned, said, [...pastVisits(state), ...visitsNow(state)])
  if (isCreep(change)) return { state, effects: [] }
  const { noted, cases } = note(state.late, catalogue.storeId, said.shelf, change)
  return { state: { ...state, late: cases }, effects: [{ kind: 'late', noted }] }
}

function pastVisits({ past }: EngineState): Visit[] {
  return past.map((visit) => ({ ...visit, holds: (sku) => visit.skus.includes(sku) }))
}

/** Whoever is inside, or has left and is not billed yet. */
function visitsNow(state: EngineState): Visit[] {
  const sessions = [...Object.values(state.trips).flat(), ...Object.values(state.sessions)]
  return sessions.flatMap((session): Visit[] => {
    if (session.staff) return []
    const { shopper, enteredAt } = session
    const holds = (sku: string) => heldBy(state, session).some(({ counts }) => (counts[sku] ?? 0) > 0)
    return [{ shopper, tripId: null, from: enteredAt, to: Number.POSITIVE_INFINITY, holds }]
  })
}

/** Ids of the cases that put a bill of these visits in doubt. */
export function doubtsOf({ late }: EngineState, visits: readonly Session[]): string[] {
  return doubtsAbout(late, shoppersOf(visits)).map(({ id }) => id)
}

/** Visits that were billed just now are over, and cases that concern them say so. */
export function withBills(
  state: EngineState,
  visits: readonly Session[],
  bills: readonly TripBill[],
): { readonly late: EngineState['late']; readonly past: EngineState['past']; readonly effects: readonly Effect[] } {
  const noted = bills.flatMap((bill) => notedIn(state, visits, bill))
  const over = bills.flatMap((bill) => visits.map((visit) => pastVisit(visit, bill)))
  return {
    late: state.late.map((one) => noted.find(({ id }) => id === one.id) ?? one),
    past: withPast(state.past, over),
    effects: noted.map((one) => ({ kind: 'late', noted: one })),
  }
}

function shoppersOf(visits: readonly Session[]): Set<string> {
  return new Set(visits.map(({ shopper }) => shopper))
}

function notedIn({ late }: EngineState, gone: readonly Session[], { tripId }: TripBill): NotedCase[] {
  const shoppers = shoppersOf(gone)
  return doubtsAbout(late, shoppers).map((one) => withTrip(one, shoppers, tripId))
}

function pastVisit({ shopper, enteredAt }: Session, { tripId, endedAt, receipt }: TripBill): PastVisit {
  return { shopper, tripId, from: enteredAt, to: endedAt, skus: receipt.lines.map(({ sku }) => sku) }
}

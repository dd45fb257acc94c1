/** A case of what was said too late as a person sees it, and why it cannot be closed as they say. Pure. */
import type { LateCase, LateDecision, LateSummary } from '../../models/contracts/late.ts'
import type { NotedCase } from '../engine/late.ts'
import type { LateSettled } from '../observations.ts'
import type { LateRow, TripState } from './late-tables.ts'
import type { LateOutcomeAnswer } from './port.ts'

export function toLateSummary({ body }: LateRow): LateSummary {
  const { id, shelf, count, changes } = JSON.parse(body) as NotedCase
  return { id, shelf, ts: changes.at(-1)?.ts ?? 0, count }
}

/** The trips whose bills a case is about. */
export function tripsOf({ body }: LateRow): string[] {
  const { changes } = JSON.parse(body) as NotedCase
  return [...new Set(changes.flatMap(({ people }) => people.flatMap(({ tripId }) => tripId ?? [])))]
}

/** `nameOf` whoever is still inside. */
export function toLateCase(
  row: LateRow,
  trips: Readonly<Record<string, TripState>>,
  nameOf: (shopper: string) => string,
): LateCase {
  const { changes } = JSON.parse(row.body) as NotedCase
  return {
    ...toLateSummary(row),
    changes: changes.map((change) => ({
      ...change,
      people: change.people.map(({ shopper, tripId }) => ({
        shopper,
        tripId,
        ...(trips[tripId ?? ''] ?? { name: nameOf(shopper), bill: 'none' as const }),
      })),
    })),
    decision: decisionOf(row),
  }
}

function decisionOf({ decision }: LateRow): LateDecision | null {
  return decision === null ? null : (JSON.parse(decision) as LateDecision)
}

/** Why a case cannot be closed so, or that it was before; null: it can be. `count`: how many changes the person saw. */
export function lateObjection(
  row: LateRow | null,
  trips: Readonly<Record<string, TripState>>,
  { lateCase, outcome, tripId }: LateSettled,
  count: number,
): LateOutcomeAnswer | null {
  if (row === null) return { kind: 'no-such-case', found: lateCase }
  const before = decisionOf(row)
  if (before !== null) {
    const isSame = before.outcome === outcome && before.tripId === tripId
    return isSame ? { kind: 'settled', duplicate: true } : { kind: 'other-outcome', decision: before }
  }
  const now = toLateSummary(row).count
  if (now !== count) return { kind: 'more-came', found: count, wanted: now }
  if ((outcome === 'billed') !== (tripId !== null))
    return { kind: 'wrong-trip', found: String(tripId), wanted: 'the trip of the bill that it is on, and only then' }
  if (tripId === null) return null
  const bill = tripsOf(row).includes(tripId) ? trips[tripId]?.bill : undefined
  return bill === 'review' || bill === 'decided'
    ? null
    : { kind: 'wrong-trip', found: tripId, wanted: 'a bill of this case that went to review' }
}

/** What was said too late, in a shop manager's words. Pure. */
import type { LateChange, LateDecision, LatePerson, LateWay } from '../../../../models/contracts/late.ts'
import { formatClock, formatDayAndTime, formatDuration } from '../../../../models/text/format.ts'
import { type Names, shortId } from '../words.ts'
import { lineWords } from './case-words.ts'

/** A change is over in seconds; one that took longer is known by a line that was cut meanwhile. */
const longestChangeMs = 10_000

/** `1 × Fiji water 0.5 l was taken`. */
export function lateWayWords({ acts }: Pick<LateWay, 'acts'>, names: Names): string {
  if (acts.length === 0) return 'nothing was taken or put back'
  return acts
    .map(({ kind, sku, quantity }) => {
      const what = sku === null ? 'something that is not for sale' : lineWords({ sku, quantity }, names)
      return kind === 'pick' ? `${what} was taken` : `${what} was put there`
    })
    .join(', and ')
}

/** When it happened, when it was said, and why that is too late. */
export function whenWords({ happened, ts }: Pick<LateChange, 'happened' | 'ts'>, timezone: string): string {
  const said = formatDayAndTime(ts, timezone)
  if (happened === null) return `Said on ${said}. Nobody knows when it happened: the clock of this scale is wrong.`
  const { from, to } = happened
  if (to - from > longestChangeMs)
    return `Some time from ${formatDayAndTime(from, timezone)} to ${formatClock(to, timezone)}: for ${formatDuration(to - from)} nothing was heard of this scale.`
  const late = formatDuration(ts - to)
  return `At ${formatClock(to, timezone)}, said on ${said}: ${late} later, as the scale, its line or the gateway was away.`
}

/** Who is listed, and why. */
export function whoWords({ happened, people, unseen }: Pick<LateChange, 'happened' | 'people' | 'unseen'>): string {
  if (happened === null) return 'So nobody knows who was there.'
  if (people.length === 0)
    return unseen
      ? 'Nobody looked then, but it concerns no shopper.'
      : 'No shopper whom it may concern stood there then.'
  return unseen ? 'Nobody looked then. These shoppers were inside:' : 'These shoppers stood there then:'
}

export function billWords({ bill, tripId }: Pick<LatePerson, 'bill' | 'tripId'>): string {
  switch (bill) {
    case 'none':
      return tripId === null ? 'not billed yet: the bill will wait for a review' : 'the bill is not kept any more'
    case 'review':
      return 'the bill waits for a review'
    case 'decided':
      return 'the bill was in review and is decided'
    case 'final':
      return 'the bill was final before this was said, and stays as it is'
  }
}

export function outcomeWords(
  { outcome, tripId }: Pick<LateDecision, 'outcome' | 'tripId'>,
  people: readonly LatePerson[],
) {
  if (outcome === 'nobody-pays') return 'Nobody pays: the goods are gone'
  if (outcome === 'no-goods') return 'No goods are missing: the shelf was filled, or something lay on it'
  const person = people.find((one) => one.tripId === tripId)
  return `It is on the bill of shopper ${shortId(person?.name ?? 'unknown')}, decided in its review`
}

/** One entry a visit, of all changes of a case. */
export function peopleIn(changes: readonly LateChange[]): LatePerson[] {
  return [...new Map(changes.flatMap(({ people }) => people.map((one) => [one.shopper, one] as const))).values()]
}

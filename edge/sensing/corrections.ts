/**
 * A tracker that goes by looks gives two people their own ids again some time after it took one for the other. Both ids change
 * hands at once, further apart than people whom a tracker takes for one another: it is believed, back to when they were closest.
 */
import { type Encounters, keyOf } from './encounters.ts'
import { compare } from './geometry.ts'
import { hypot2 } from './hypot.ts'
import { couldBe } from './joining.ts'
import { exchange, type Person, type Sighting } from './person.ts'
import { areNear, nearMetres } from './swaps.ts'

/** Who was lost for longer may be anybody. */
const longestGapMs = 1000

/** Call it before the sightings are given to people: `people` and their encounters are as of before. */
export function believeCorrections(
  encounters: Encounters,
  people: readonly Person[],
  seen: readonly Sighting[],
  ts: number,
): void {
  const byTarget = new Map(seen.map((sighting) => [sighting.target, sighting]))
  const jumped = people.flatMap((person) => {
    const sighting = byTarget.get(person.target)
    const isJump =
      sighting !== undefined && ts - person.lastSeen <= longestGapMs && metres(person, sighting) > nearMetres
    return isJump ? [{ person, sighting }] : []
  })
  for (const [i, one] of jumped.entries())
    for (const other of jumped.slice(i + 1)) {
      const [a, b] = [one.person, other.person]
      const isMutual = couldBe(a, other.sighting) && couldBe(b, one.sighting)
      const isNearer = metres(a, other.sighting) + metres(b, one.sighting) < nearMetres
      if (isMutual && isNearer && !areNear(a, b, ts)) correct(encounters, a, b)
    }
}

function correct(encounters: Encounters, one: Person, other: Person): void {
  const [a, b] = compare(one.shopper, other.shopper) < 0 ? [one, other] : [other, one]
  const met = encounters[keyOf(a.shopper, b.shopper)]
  if (met?.targets === undefined) return
  const [ofA, ofB] = met.targets
  const wereToldApart = ofA === b.target && ofB === a.target
  if (!wereToldApart) {
    delete encounters[keyOf(a.shopper, b.shopper)]
    exchange(a, b, met.heights, met.closestAt)
  }
  // Who were told apart meanwhile stay where they are and go by their own ids again; who were exchanged keep theirs.
  const targetOfA = a.target
  a.target = b.target
  b.target = targetOfA
}

function metres(person: Person, { frame }: Sighting): number {
  return hypot2(frame.x - person.x, frame.y - person.y)
}

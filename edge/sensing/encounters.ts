/**
 * Trackers exchange the ids of people who pass each other (ByteTrack on MOT17: 2,196 switches). Places alone cannot show
 * it, but people keep their height: after two have parted, their heights say whether the ids went along.
 */
import { compare } from './geometry.ts'
import { isWalking, type Person, type Sighting } from './person.ts'

/** Nearer than this a tracker may take one for the other; further than that they have parted. */
const meetMetres = 0.9
const partMetres = 1.2
/** Heads are placed to 2-4 cm a frame; the mean of a second's walk to less than 2 cm. */
const heightSd = 0.025
const leastHeads = 10
const enoughHeads = 20
/** Beyond this a head fits neither: a stoop, a child on the arm. */
const bestMisfit = 12
/** Exchanged ids must be e^6 times as likely as not. */
const leastGain = 6
/** When one of them has vanished since, the other's height must speak for both. */
const leastGainAlone = 8
const goneMs = 1000
/** Who has not walked a second within this has no height to compare. */
const longestMs = 20_000

/** Two people who came close. Plain data. */
interface Encounter {
  readonly a: string
  readonly b: string
  /** Heights before they met. */
  readonly heights: readonly [number, number]
  /** When they were closest. */
  closestAt: number
  closest: number
  parted: boolean
  /** Heads of each while walking, since they parted. */
  readonly heads: readonly [number[], number[]]
}

/** By both names. */
export type Encounters = Record<string, Encounter>

/** Follows everybody who was just seen; exchanges two people whose heights say that a tracker did. */
export function followEncounters(
  encounters: Encounters,
  people: Readonly<Record<string, Person>>,
  seen: ReadonlyMap<string, Sighting>,
  ts: number,
): void {
  const present = [...seen.keys()].sort(compare)
  present.forEach((a, i) => {
    for (const b of present.slice(i + 1)) approach(encounters, people[a], people[b], ts)
  })
  for (const [key, encounter] of Object.entries(encounters)) {
    const [a, b] = [people[encounter.a], people[encounter.b]]
    if (a === undefined || b === undefined || ts - encounter.closestAt > longestMs) delete encounters[key]
    else if (encounter.parted && judge(encounter, [a, b], [seen.get(a.shopper), seen.get(b.shopper)]))
      delete encounters[key]
  }
}

function approach(encounters: Encounters, a: Person | undefined, b: Person | undefined, ts: number): void {
  if (a === undefined || b === undefined) return
  const distance = Math.hypot(a.x - b.x, a.y - b.y)
  const key = `${a.shopper} ${b.shopper}`
  const known = encounters[key]
  if (known === undefined) {
    if (distance > meetMetres || Math.min(a.walking.heads, b.walking.heads) < leastHeads) return
    const heights = [a.walking.mean, b.walking.mean] as const
    encounters[key] = {
      a: a.shopper,
      b: b.shopper,
      heights,
      closestAt: ts,
      closest: distance,
      parted: false,
      heads: [[], []],
    }
    return
  }
  if (distance <= meetMetres && known.parted) {
    // They meet again before it was clear: what was seen in between says too little, the first heights still count.
    encounters[key] = { ...known, parted: false, heads: [[], []] }
  } else if (distance >= partMetres) known.parted = true
  if (distance < known.closest) {
    known.closest = distance
    known.closestAt = ts
  }
}

/** True when the heights have spoken, either way. */
function judge(
  { heads, heights, closestAt }: Encounter,
  [a, b]: readonly [Person, Person],
  sightings: readonly (Sighting | undefined)[],
): boolean {
  for (const [i, person] of [a, b].entries()) {
    const headZ = sightings[i]?.headZ ?? null
    if (headZ !== null && isWalking(person)) heads[i]?.push(headZ)
  }
  const gains = heads.map((list, i) => gainOf(list, heights[i], heights[1 - i]))
  const [gainA = null, gainB = null] = gains
  if (gainA !== null && gainB !== null) {
    // Both must be taller or shorter than before in the other's favour: with a third person in between, one fits alone.
    const exchanged = Math.min(gainA, gainB) > 0 && gainA + gainB > leastGain
    if (exchanged) exchange(a, b, heights, closestAt)
    return exchanged || heads.every((list) => list.length >= enoughHeads)
  }
  const gone = gainA === null ? a : b
  const alone = gainA ?? gainB ?? 0
  const exchanged = alone > leastGainAlone && Math.max(a.lastSeen, b.lastSeen) - gone.lastSeen > goneMs
  if (exchanged) exchange(a, b, heights, closestAt)
  return exchanged
}

/** How much better these heads fit the other's height than their own, in log likelihood; null: too few. */
function gainOf(heads: readonly number[], own: number | undefined, other: number | undefined): number | null {
  if (heads.length < leastHeads || own === undefined || other === undefined) return null
  const height = mean(heads)
  const misfit = (expected: number) => Math.min(bestMisfit, 0.5 * ((height - expected) / heightSd) ** 2)
  return misfit(own) - misfit(other)
}

/** Each goes on where the other was taken to be since they were closest. */
function exchange(a: Person, b: Person, [heightA, heightB]: readonly [number, number], since: number): void {
  const moving = ({ target, lastSeen, missedFrom, x, y, vx, vy, leaving }: Person) => ({
    target,
    lastSeen,
    missedFrom,
    x,
    y,
    vx,
    vy,
    leaving,
  })
  const split = ({ frames }: Person) =>
    [frames.filter(({ t }) => t < since), frames.filter(({ t }) => t >= since)] as const
  const [movingA, movingB, [oldA, newA], [oldB, newB]] = [moving(a), moving(b), split(a), split(b)]
  const heightOfA = a.height
  const statures = [heightA, heightB].map((mean) => ({ heads: leastHeads, mean }))
  Object.assign(a, movingB, { height: b.height, walking: statures[0], frames: [...oldA, ...newB] })
  Object.assign(b, movingA, { height: heightOfA, walking: statures[1], frames: [...oldB, ...newA] })
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

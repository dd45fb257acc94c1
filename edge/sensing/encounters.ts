/**
 * Trackers exchange the ids of people who pass each other (ByteTrack on MOT17: 2,196 switches). Where that shows neither in
 * how they walk (`swaps.ts`), people keep their height and their phone: after two have parted, both say whether the ids
 * went along.
 */
import { compare } from './geometry.ts'
import { hypot2 } from './hypot.ts'
import { exchangeLogOdds } from './identity.ts'
import { type Inside, inOrder } from './joining.ts'
import { exchange, heightShare, isOnTheirWay, leastWalked, type Person, walkingHeight } from './person.ts'
import type { Seen } from './swaps.ts'

/** Nearer than this a tracker may take one for the other; further than that they have parted. */
const meetMetres = 0.9
const partMetres = 1.2
/** Heads are placed to 2-4 cm a frame, the mean of a second's walk to less than 2 cm; who still bends a little is lower. */
const tallerSd = 0.025
const lowerSd = 0.05
const enoughHeads = 20
/** After a quarter of a minute of walking a height is as well known as it ever will be. */
const mostHeads = 10 * enoughHeads
/** Beyond this a head fits neither: a stoop, a child on the arm. */
const bestMisfit = 12
/** Exchanged ids must be e^6 times as likely as not, all evidence together. */
const leastGain = 6
/** With only one height to speak for both, or none, what speaks must be surer. */
const leastGainAlone = 8
/** Phones that say so little decide nothing by themselves. */
const leastOfPhones = 3
const goneMs = 1000
/** Who has not walked a second within this has no height to compare; phones take longer to tell. */
const longestMs = 20_000
const longestWithPhonesMs = 90_000
/** Phones are asked so often about an encounter, and about any at all: four walks cost some milliseconds. */
const askAgainMs = 2000
const askMs = 200
/** A hundred people who meet twenty others each are a thousand; beyond it the oldest are given up. */
export const mostEncounters = 5000

interface Heads {
  count: number
  /** Of their heights in metres. */
  sum: number
}

/** Two people who came close. Plain data. */
interface Encounter {
  readonly a: string
  readonly b: string
  /** Heights before they met; null when they had not walked enough. */
  heights: readonly [number | null, number | null]
  /** By which the tracker knew them when they met; left out by a former version. */
  readonly targets?: readonly [string, string]
  /** When they were closest. */
  closestAt: number
  closest: number
  parted: boolean
  /** Heads of each while walking, since they parted. */
  heads: readonly [Heads, Heads]
  /** Log odds by phones that they were exchanged, and when they were asked. */
  phones: number
  askedAt: number
}

/** By both names. */
export type Encounters = Record<string, Encounter>

/** Follows everybody who was just seen; exchanges two people whose heights and phones say that a tracker did. */
export function followEncounters(
  encounters: Encounters,
  inside: Pick<Inside, 'people' | 'beacons'>,
  seen: Seen,
  ts: number,
): void {
  const { people } = inside
  const present = [...seen.keys()].sort((a, b) => compare(a.shopper, b.shopper))
  meet(encounters, present, ts)
  giveUpOldest(encounters)
  const here = new Map(present.map((person) => [person.shopper, person]))
  const all = Object.values(encounters)
  for (const encounter of all) {
    const [a, b] = [here.get(encounter.a), here.get(encounter.b)]
    if (a !== undefined && b !== undefined) approach(encounter, a, b, ts)
  }
  askPhones(encounters, inside, ts)
  const walking = new Map(present.map((person) => [person, walkingHead(person, seen)]))
  for (const encounter of all) {
    const [a, b] = [people[encounter.a], people[encounter.b]]
    const longest = encounter.phones === 0 ? longestMs : longestWithPhonesMs
    const isOver =
      a === undefined ||
      b === undefined ||
      ts - encounter.closestAt > longest ||
      (encounter.parted && judge(encounter, [a, b], walking, seen))
    if (isOver) delete encounters[keyOf(encounter.a, encounter.b)]
  }
}

/** The height of the head of who walks now, metres; null for others, who may bend. */
function walkingHead(person: Person, seen: Seen): number | null {
  const headZ = seen.get(person)?.headZ ?? null
  return headZ !== null && isOnTheirWay(person) ? headZ : null
}

/** A lost person who was found again could have been another lost one: from now on they may be exchanged. */
export function mayBeExchanged(encounters: Encounters, found: Person, rival: Person, ts: number): void {
  const [a, b] = compare(found.shopper, rival.shopper) < 0 ? [found, rival] : [rival, found]
  encounters[keyOf(a.shopper, b.shopper)] ??= newEncounter(a, b, ts, true)
}

export function keyOf(a: string, b: string): string {
  return `${a} ${b}`
}

function newEncounter(a: Person, b: Person, ts: number, parted: boolean): Encounter {
  return {
    a: a.shopper,
    b: b.shopper,
    heights: [walkingHeight(a), walkingHeight(b)],
    targets: [a.target, b.target],
    closestAt: ts,
    closest: hypot2(a.x - b.x, a.y - b.y),
    parted,
    heads: noHeads(),
    phones: 0,
    askedAt: 0,
  }
}

/** Heads as a former version of this program wrote them, one by one, begin anew. */
export function encountersFrom(saved: Encounters): Encounters {
  return Object.fromEntries(
    Object.entries(saved).map(([key, one]) => [key, Array.isArray(one.heads[0]) ? { ...one, heads: noHeads() } : one]),
  )
}

function noHeads(): Encounter['heads'] {
  return [
    { count: 0, sum: 0 },
    { count: 0, sum: 0 },
  ]
}

/** Begins an encounter for everybody who is close to another; a loop over pairs, as there are thousands in a crowd. */
function meet(encounters: Encounters, present: readonly Person[], ts: number): void {
  let begun = 0
  for (const [i, a] of present.entries())
    for (let j = i + 1; j < present.length; j++) {
      const b = present[j]
      if (b === undefined || Math.abs(a.x - b.x) > meetMetres || Math.abs(a.y - b.y) > meetMetres) continue
      if (distanceBetween(a, b) > meetMetres) continue
      const key = keyOf(a.shopper, b.shopper)
      if (encounters[key] !== undefined) continue
      encounters[key] = newEncounter(a, b, ts, false)
      begun++
      if (begun === mostEncounters) return
    }
}

function giveUpOldest(encounters: Encounters): void {
  const keys = Object.keys(encounters)
  for (const key of keys.slice(0, Math.max(0, keys.length - mostEncounters))) delete encounters[key]
}

function distanceBetween(a: Person, b: Person): number {
  return hypot2(a.x - b.x, a.y - b.y)
}

/** Two who have met before, both seen now. */
function approach(known: Encounter, a: Person, b: Person, ts: number): void {
  const distance = distanceBetween(a, b)
  if (!known.parted) known.heights = [known.heights[0] ?? walkingHeight(a), known.heights[1] ?? walkingHeight(b)]
  if (distance <= meetMetres && known.parted) {
    // They meet again before it was clear: what was seen in between says too little, the first heights still count.
    known.parted = false
    known.heads = noHeads()
    return
  }
  if (distance >= partMetres) known.parted = true
  if (distance < known.closest) {
    known.closest = distance
    known.closestAt = ts
  }
}

/** Asks phones about the encounter of which they were not asked for longest. */
function askPhones(encounters: Encounters, { people, beacons }: Pick<Inside, 'people' | 'beacons'>, ts: number): void {
  if (Object.keys(beacons.heard).length === 0) return
  let next: Encounter | null = null
  for (const encounter of Object.values(encounters)) {
    if (encounter.askedAt > ts - askMs) return
    if (encounter.parted && encounter.askedAt < (next?.askedAt ?? ts - askAgainMs)) next = encounter
  }
  const [a, b] = [people[next?.a ?? ''], people[next?.b ?? '']]
  if (next === null || a === undefined || b === undefined) return
  next.askedAt = ts
  next.phones = exchangeLogOdds(beacons, inOrder({ people }), a, b, next.closestAt)
}

/** True when heights and phones have spoken, either way. `walking`: the heads of those who are seen to walk now. */
function judge(
  encounter: Encounter,
  [a, b]: readonly [Person, Person],
  walking: Map<Person, number | null>,
  seen: Seen,
): boolean {
  const { heads, heights, closestAt, phones } = encounter
  addHead(heads[0], walking.get(a) ?? null)
  addHead(heads[1], walking.get(b) ?? null)
  const blur = heightShare * Math.max(seen.get(a)?.headErrorMetres ?? 0, seen.get(b)?.headErrorMetres ?? 0)
  const exchanged = areExchanged(encounter, [a, b], blur)
  if (exchanged) {
    exchange(a, b, heights, closestAt)
    for (const person of [a, b]) walking.set(person, walkingHead(person, seen))
  }
  const heightsSpoke = heads.every(({ count }) => count >= enoughHeads)
  return exchanged || (heightsSpoke && (phones === 0 || phones < -leastGain))
}

function addHead(heads: Heads, headZ: number | null): void {
  if (headZ === null || heads.count >= mostHeads) return
  heads.count++
  heads.sum += headZ
}

/** `blur`: what the tracker's own errors make of a difference of heights, metres. */
function areExchanged({ heads, heights, phones }: Encounter, [a, b]: readonly [Person, Person], blur: number): boolean {
  const gainA = gainOf(heads[0], heights[0], heights[1], blur)
  const gainB = gainOf(heads[1], heights[1], heights[0], blur)
  const byPhones = phones > leastOfPhones
  if (gainA !== null && gainB !== null) {
    // Both must be taller or shorter than before in the other's favour: with a third person in between, one fits alone.
    return (byPhones || Math.min(gainA, gainB) > 0) && gainA + gainB + phones > leastGain
  }
  const gone = gainA === null ? a : b
  const oneIsGone = Math.max(a.lastSeen, b.lastSeen) - gone.lastSeen > goneMs
  return (byPhones || oneIsGone) && (gainA ?? gainB ?? 0) + phones > leastGainAlone
}

/** How much better these heads fit the other's height than their own, in log likelihood; null: too few. */
function gainOf({ count, sum }: Heads, own: number | null, other: number | null, blur: number): number | null {
  if (count < leastWalked || own === null || other === null) return null
  return misfit(sum / count, own, blur) - misfit(sum / count, other, blur)
}

function misfit(height: number, expected: number, blur: number): number {
  const sd = hypot2(height > expected ? tallerSd : lowerSd, blur)
  return Math.min(bestMisfit, 0.5 * ((height - expected) / sd) ** 2)
}

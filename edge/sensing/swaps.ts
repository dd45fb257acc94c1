/**
 * A tracker that exchanges the ids of two people between two frames makes each jump to where the other is going. Whoever
 * walks does not: who is nearest to where they must be by now tells them apart, at once and without heights.
 */

import { compare } from './geometry.ts'
import { hypot2 } from './hypot.ts'
import { blurBetween, type Person, type Sighting } from './person.ts'

/**
 * How far people are from where they would be if they walked on, metres on each axis: measured on the AiFi recording and
 * on simulated trackers, 0.02 after 0.07 s, 0.04 after 0.27 s, 0.2 after a second; one in ten starts, stops, or lacks a
 * joint, and is five times as far off. What a tracker says of its own errors comes on top.
 */
const coreMetres = 0.03
const coreMetresPerSecond = 0.2
const oddShare = 0.1
const oddMetres = 0.1
const oddMetresPerSecond = 0.8
const longestGlideSeconds = 0.7
/** Beyond this a track has not gone on; joining it again is another question. */
const longestMs = 4000
/**
 * Nobody is taken for somebody who is further away (the contract's trackers: 0.6 m, each placed a decimetre or two off), or has walked
 * there while the tracker had lost them for a second. Ids that change hands further apart do so by what the people look like.
 */
export const nearMetres = 0.9
const lostMetresPerSecond = 0.6
const longestLossSeconds = 1
/** Two people within 0.6 m exchange ids 0.15 times a minute, e^-8.7 a frame; a bit surer than that. */
export const leastGain = 10
/**
 * Who comes out in the very place of somebody who vanishes in that frame: a tracker that has lost one of two finds them after a second,
 * as a rule, and the other is still there: nobody's head is within this of another's, but for one in a hundred (S).
 */
const bodyMetres = 0.15
const oneInAnother = 0.01
/** What may rather be somebody who is hidden just now waits for them to come out: a few frames. */
const holdGain = 2
const holdMs = 300
/** A tracker that exchanges more than so many pairs at once is not to be helped. */
const mostRounds = 100

/** Metres a second. */
export type Velocity = Pick<Person, 'vx' | 'vy'>

/** What was seen, by the person whom the tracker means. */
export type Seen = Map<Person, Sighting>

/** What it would say for two to be exchanged, as far as it was asked. */
type Gains = Map<Person, Map<Person, number>>

/**
 * Gives targets back to whom they belong, and changes `seen` and the people's targets accordingly; surest pair first.
 * Takes out of `seen` what is not clear yet.
 */
export function untangle(seen: Seen, people: readonly Person[]): void {
  const gains: Gains = new Map()
  for (let rounds = Math.min(seen.size, mostRounds); rounds > 0; rounds--) {
    const best = surest(seen, people, gains)
    if (best === null) break
    const [a, b] = best
    forget(gains, best)
    const [sightingA, sightingB] = [seen.get(a), seen.get(b)]
    const targetOfA = a.target
    a.target = b.target
    b.target = targetOfA
    put(seen, a, sightingB)
    put(seen, b, sightingA)
  }
  const hidden = people.filter((person) => !seen.has(person))
  for (const [person, sighting] of seen) {
    if (!isUnclear(person, sighting, hidden)) continue
    seen.delete(person)
    hidden.push(person)
  }
}

function isUnclear(person: Person, sighting: Sighting, hidden: readonly Person[]): boolean {
  if (sighting.frame.t - person.lastSeen > holdMs) return false
  return hidden.some(
    (other) => areNear(person, other, sighting.frame.t) && gainOf(person, sighting, other, undefined) > holdGain,
  )
}

function put(seen: Seen, person: Person, sighting: Sighting | undefined): void {
  if (sighting === undefined) seen.delete(person)
  else seen.set(person, sighting)
}

/** For both of them everything is another question now. */
function forget(gains: Gains, pair: readonly Person[]): void {
  for (const person of pair) gains.delete(person)
  for (const row of gains.values()) for (const person of pair) row.delete(person)
}

function surest(seen: Seen, people: readonly Person[], gains: Gains): readonly [Person, Person] | null {
  let best: readonly [Person, Person] | null = null
  let most = leastGain
  const present = [...seen].sort(([a], [b]) => compare(a.shopper, b.shopper))
  for (const [a, seenA] of present) {
    const row = gains.get(a) ?? new Map<Person, number>()
    gains.set(a, row)
    for (const b of people) {
      if (a === b || !areNear(a, b, seenA.frame.t)) continue
      const seenB = seen.get(b)
      if (seenB !== undefined && compare(a.shopper, b.shopper) > 0) continue
      const gain = row.get(b) ?? gainOf(a, seenA, b, seenB)
      row.set(b, gain)
      if (gain > most) {
        best = [a, b]
        most = gain
      }
    }
  }
  return best
}

/** Asked of every pair of people in every frame: first what is cheap. */
export function areNear(a: Person, b: Person, ts: number): boolean {
  const lostSeconds = Math.min(longestLossSeconds, (ts - Math.min(a.lastSeen, b.lastSeen)) / 1000)
  const metres = nearMetres + lostMetresPerSecond * lostSeconds
  if (Math.abs(a.x - b.x) > metres || Math.abs(a.y - b.y) > metres) return false
  return hypot2(a.x - b.x, a.y - b.y) <= metres
}

/** Log likelihood of what was seen with their targets exchanged, over as it is; unseen ones say nothing. */
export function gainOf(a: Person, seenA: Sighting | undefined, b: Person, seenB: Sighting | undefined): number {
  const now = Math.max(seenA?.frame.t ?? 0, seenB?.frame.t ?? 0)
  if (Math.min(a.lastSeen, b.lastSeen) < now - longestMs || Math.max(a.lastSeen, b.lastSeen) >= now) return 0
  const onFloor =
    fitOf(a, seenB) +
    fitOf(b, seenA) -
    fitOf(a, seenA) -
    fitOf(b, seenB) +
    inPlaceOf(a, seenA, b, seenB) +
    inPlaceOf(b, seenB, a, seenA)
  const heads = [a.head, b.head, ...[seenA, seenB].flatMap((seen) => (seen === undefined ? [] : [seen.headZ]))]
  if (heads.includes(null)) return onFloor
  return onFloor + headFitOf(a, seenB) + headFitOf(b, seenA) - headFitOf(a, seenA) - headFitOf(b, seenB)
}

/** How unlikely it is that a comes out of hiding while b goes into it, and where b was: minus its log. */
function inPlaceOf(a: Person, seenA: Sighting | undefined, b: Person, seenB: Sighting | undefined): number {
  if (seenA === undefined || seenB !== undefined || a.lastSeen >= b.lastSeen) return 0
  const { frame } = seenA
  const seconds = (frame.t - b.lastSeen) / 1000
  const off = offOf(b, b, seenA)
  const within = overWalks(
    seconds,
    blurBetween(b, seenA),
    (share, sd) => share * (Math.exp(-0.5 * (off / sd) ** 2) * (1 - Math.exp(-0.5 * (bodyMetres / sd) ** 2))),
  )
  return -Math.log(1 - (1 - oneInAnother) * within) - Math.log(Math.min(1, seconds))
}

/** The same per metre of how high the head is: it goes on as well, and who bends is odd. */
function headFitOf({ head }: Person, sighting: Sighting | undefined): number {
  if (head === null || sighting === undefined || sighting.headZ === null) return 0
  const { headZ, headErrorMetres = 0, frame } = sighting
  return logDensity(headZ - head.z, (frame.t - head.t) / 1000, headErrorMetres, 1)
}

/** Log density per square metre, but for a constant, of a sighting if a person walked on; 0 for none. */
function fitOf(person: Person, sighting: Sighting | undefined): number {
  return walkFit(person, person, sighting)
}

/** The same of somebody who is known to be at a place, and would move like this. */
export function walkFit(person: Person, { vx, vy }: Velocity, sighting: Sighting | undefined): number {
  if (sighting === undefined) return 0
  const seconds = (sighting.frame.t - person.lastSeen) / 1000
  return logDensity(offOf(person, { vx, vy }, sighting), seconds, blurBetween(person, sighting), 2)
}

/** Metres of a sighting from where a person would be by then who walked on. */
function offOf(person: Person, { vx, vy }: Velocity, { frame }: Sighting): number {
  const glide = Math.min((frame.t - person.lastSeen) / 1000, longestGlideSeconds)
  return hypot2(frame.x - person.x - glide * vx, frame.y - person.y - glide * vy)
}

/** Log density, but for a constant, of being so far off after some seconds, on one axis or two; `blur`: what the tracker says of its error. */
function logDensity(metres: number, seconds: number, blur: number, axes: 1 | 2): number {
  const density = (share: number, sd: number) => (share / sd ** axes) * Math.exp(-0.5 * (metres / sd) ** 2)
  return Math.log(overWalks(seconds, blur, density) + 1e-9)
}

/** Over those who walk on and those who do the odd thing: how many, and how far off they are after some seconds (SD, metres). */
function overWalks(seconds: number, blur: number, of: (share: number, sd: number) => number): number {
  const spread = (least: number, perSecond: number) => hypot2(hypot2(least, perSecond * seconds), blur)
  return of(1 - oddShare, spread(coreMetres, coreMetresPerSecond)) + of(oddShare, spread(oddMetres, oddMetresPerSecond))
}

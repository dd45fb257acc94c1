/** One person in the shop: where body and hands were, for as long as a change on a shelf may still ask. */
import type { Joint, Target } from '../../models/contracts/messages.ts'
import { isOfEveryObject, type Position } from '../../models/contracts/units.ts'
import { mostWindows, type Step, windowOf } from './beacons.ts'
import { hypot2, hypot3 } from './hypot.ts'

/** A change mostly settles within some seconds; a neighbour may hold it back 12 s more. */
const historyMs = 20_000
/** The palm is about 8 cm beyond the wrist joint (hand length 18-19 cm, ISO 7250-1: the grip is at its middle). */
const palmMetres = 0.08
const leastScore = 0.2
/** Who walks does not bend. */
const walkingMetresPerSecond = 0.3
const wayMs = 1000
const wayMetres = 0.5
const mostWalked = 150
/** The shortest visit that is one: in, two steps, and out again. */
const justComeMs = 3000
/**
 * Of an error that a tracker states of a head, what is left in the difference of two means of a second's frames, before and
 * after: 0.05 m of 0.13 m with rendered people (the error is of three axes, and half of it stays the same from frame to frame).
 */
export const heightShare = 0.4
/** Heads of fewer frames do not tell a height. */
export const leastWalked = 10

/** What was seen of one person at one time. Metres. */
export interface Frame {
  readonly t: number
  readonly x: number
  readonly y: number
  /** Left and right: the wrist and the palm beyond it; empty when that hand was not seen. */
  readonly hands: readonly [readonly Position[], readonly Position[]]
  /** How far the tracker says that each may be off; left out where it does not say. */
  readonly blurMetres?: readonly [left: number, right: number]
}

export interface Person {
  readonly shopper: string
  /** The tracker's id for them now. */
  target: string
  readonly firstSeen: number
  lastSeen: number
  /** Since when their absence counts: later than `lastSeen` after a time in which nobody could have been seen. */
  missedFrom: number
  x: number
  y: number
  /** Metres a second, smoothed over about half a second. */
  vx: number
  vy: number
  /** How far off the tracker says that they may be, metres; left out where it does not say. */
  errorMetres?: number
  /** How high the head was seen last, and when; null until it was. */
  head: { readonly z: number; readonly t: number } | null
  /** Standing height in metres: people bend, so low values count little. Null until a head was seen. */
  height: number | null
  /** Mean height of the head while walking, when nobody bends, and of how many frames (at most `mostWalked`). */
  readonly walking: { heads: number; mean: number }
  account: string | null
  staff: boolean
  /** How they were last seen under a former id, and since when they go by this one; null for the first. */
  earlier: Earlier | null
  /** A gate said that somebody went out, and it fits that it was them. */
  leaving: boolean
  /** Oldest first. */
  frames: Frame[]
  /** Where they were while phones were heard, oldest first. */
  walk: Step[]
}

type Earlier = Pick<Person, 'target' | 'lastSeen' | 'x' | 'y' | 'vx' | 'vy' | 'height'> & { readonly since: number }

export interface Sighting {
  readonly target: string
  readonly frame: Frame
  readonly headZ: number | null
  /** One standard deviation of the distance from the true place; left out or 0 where the tracker does not say. */
  readonly errorMetres?: number
  readonly headErrorMetres?: number
}

/** Reads one target of a tracker's message; null when there is no joint to place the body by. */
export function sighting(target: Target, t: number): Sighting | null {
  const { joints, errors = {} } = target
  const seen = (joint: Joint | undefined): joint is Joint => joint !== undefined && joint[3] >= leastScore
  const { neck = 0 } = errors
  // A tracker that says how far off the neck may be has the shoulders from it, less surely.
  const isNeckAlone = neck > 0 && seen(joints.neck)
  const trunk = (isNeckAlone ? [joints.neck] : [joints.neck, joints.leftShoulder, joints.rightShoulder]).filter(seen)
  const limbs = [joints.head, joints.leftElbow, joints.rightElbow, joints.leftWrist, joints.rightWrist].filter(seen)
  const body = trunk.length > 0 ? trunk : limbs.slice(0, 1)
  if (body.length === 0) return null
  const x = body.reduce((sum, joint) => sum + joint[0], 0) / body.length
  const y = body.reduce((sum, joint) => sum + joint[1], 0) / body.length
  const hands = [
    handPoints(joints.leftWrist, joints.leftElbow),
    handPoints(joints.rightWrist, joints.rightElbow),
  ] as const
  const { leftWrist = 0, rightWrist = 0 } = errors
  const blur = leftWrist + rightWrist > 0 ? { blurMetres: [leftWrist, rightWrist] as const } : {}
  const headZ = seen(joints.head) ? joints.head[2] : null
  const headErrorMetres = errors.head ?? 0
  // Trackers choose their ids; this one is nobody else's, since no id has a `~`.
  const id = isOfEveryObject(target.id) ? `${target.id}~0` : target.id
  return { target: id, frame: { t, x, y, hands, ...blur }, headZ, errorMetres: neck, headErrorMetres }
}

function handPoints(wrist: Joint | undefined, elbow: Joint | undefined): Position[] {
  if (wrist === undefined || wrist[3] < leastScore) return []
  const [x, y, z] = wrist
  if (elbow === undefined || elbow[3] < leastScore) return [[x, y, z]]
  const [dx, dy, dz] = [x - elbow[0], y - elbow[1], z - elbow[2]]
  const length = hypot3(dx, dy, dz)
  if (length < 0.05) return [[x, y, z]]
  const k = palmMetres / length
  return [
    [x, y, z],
    [x + dx * k, y + dy * k, z + dz * k],
  ]
}

/** The same person when the clock was set by some milliseconds. */
export function personAsOf(person: Person, byMs: number): Person {
  const { firstSeen, lastSeen, missedFrom, head } = person
  return {
    ...person,
    firstSeen: firstSeen + byMs,
    lastSeen: lastSeen + byMs,
    missedFrom: missedFrom + byMs,
    head: head === null ? null : { ...head, t: head.t + byMs },
    earlier: null,
    frames: [],
    walk: [],
  }
}

export function newPerson(shopper: string, seen: Sighting): Person {
  const { t, x, y } = seen.frame
  return {
    shopper,
    target: seen.target,
    firstSeen: t,
    lastSeen: t,
    missedFrom: t,
    x,
    y,
    vx: 0,
    vy: 0,
    head: seen.headZ === null ? null : { z: seen.headZ, t },
    height: seen.headZ,
    walking: { heads: 0, mean: 0 },
    account: null,
    staff: false,
    earlier: null,
    leaving: false,
    frames: [seen.frame],
    walk: [],
  }
}

type Later = 'missedFrom' | 'head' | 'walking' | 'leaving' | 'walk' | 'earlier'

/** Somebody as a former version of this program wrote them: what came later begins anew. */
export function personFrom(saved: Omit<Person, Later> & Partial<Pick<Person, Later>>): Person {
  const walking = { heads: 0, mean: 0 }
  return { missedFrom: saved.lastSeen, head: null, walking, leaving: false, walk: [], earlier: null, ...saved }
}

/** Who they were under the id that they go by until a time. */
function asUntil({ target, lastSeen, x, y, vx, vy, height }: Person, since: number): Earlier {
  return { target, lastSeen, x, y, vx, vy, height, since }
}

/** A lost person goes on under another id. */
export function goOnAs(person: Person, { target, frame }: Sighting): void {
  person.earlier = asUntil(person, frame.t)
  person.target = target
}

/** Somebody who was lost has been there as another since: what was seen of that one is theirs. */
export function adopt(person: Person, other: Person): void {
  const { target, lastSeen, missedFrom, x, y, vx, vy, errorMetres = person.errorMetres } = other
  const head = other.head ?? person.head
  const error = errorMetres === undefined ? {} : { errorMetres }
  const earlier = asUntil(person, other.firstSeen)
  Object.assign(person, { target, lastSeen, missedFrom, x, y, vx, vy, head, leaving: false, earlier, ...error })
  person.frames = [...person.frames, ...other.frames].filter(({ t }) => t >= other.lastSeen - historyMs)
  person.walk = [...person.walk, ...other.walk].slice(-mostWindows)
}

/** What somebody did under their present id was another: gives it to them, who were lost or have just come. */
export function giveAway(person: Person, { since, ...earlier }: Earlier, other: Person): void {
  exchange(person, other, [walkingHeight(person), walkingHeight(other)], since)
  Object.assign(person, earlier, { missedFrom: earlier.lastSeen, earlier: null, leaving: false })
  person.frames = person.frames.filter(({ t }) => t < since)
  other.earlier = null
}

/** Somebody new who has gone by another's target since a time: what was seen of it from then on is theirs. */
export function relieve(person: Person, shopper: string, since: number): Person {
  const frames = person.frames.filter(({ t }) => t >= since)
  const unknown = { account: null, staff: false, earlier: null, leaving: false, walking: { heads: 0, mean: 0 } }
  const height = person.head?.z ?? null
  const walk = person.walk.filter(({ window }) => window >= windowOf(since))
  return { ...person, ...unknown, shopper, firstSeen: frames[0]?.t ?? since, height, frames, walk }
}

export function see(person: Person, { target, frame, headZ, errorMetres = 0 }: Sighting): void {
  Object.assign(person, smoothed(person, person, frame))
  person.target = target
  person.lastSeen = frame.t
  person.missedFrom = frame.t
  person.x = frame.x
  person.y = frame.y
  if (errorMetres > 0) person.errorMetres = errorMetres
  if (headZ !== null) {
    person.head = { z: headZ, t: frame.t }
    person.height = taller(person.height, headZ)
    if (isOnTheirWay(person)) walkedBy(person.walking, headZ)
  }
  person.frames.push(frame)
  const oldest = person.frames[0]
  if (oldest !== undefined && oldest.t < frame.t - historyMs) person.frames.shift()
}

/** How somebody moves who was at a place and is seen in a frame, and moved like this before. */
export function smoothed(
  { lastSeen, x, y }: Pick<Person, 'lastSeen' | 'x' | 'y'>,
  { vx, vy }: Pick<Person, 'vx' | 'vy'>,
  frame: Frame,
): Pick<Person, 'vx' | 'vy'> {
  const dt = (frame.t - lastSeen) / 1000
  if (dt >= 1) return { vx: 0, vy: 0 }
  if (dt <= 0) return { vx, vy }
  const gain = Math.min(1, dt / 0.5)
  return { vx: vx + gain * ((frame.x - x) / dt - vx), vy: vy + gain * ((frame.y - y) / dt - vy) }
}

/** How far off a sighting may be from where somebody was, each way, by what the tracker says of both; one standard deviation. */
export function blurBetween(
  { errorMetres: before = 0 }: Pick<Person, 'errorMetres'>,
  { errorMetres: now = 0 }: Sighting,
): number {
  return before === 0 && now === 0 ? 0 : hypot2(before, now) / Math.SQRT2
}

/** Nobody turns round at the door: who vanishes there so soon has not left. */
export function hasJustCome({ firstSeen, lastSeen }: Person): boolean {
  return lastSeen - firstSeen < justComeMs
}

/** Whether they come from half a metre away: who bends, or gets up again, moves as fast, but not so far. */
export function isOnTheirWay(person: Person): boolean {
  if (!isWalking(person)) return false
  const { frames, x, y, lastSeen } = person
  // From the latest frame back: this is asked of everybody in every frame.
  for (let i = frames.length - 1; i >= 0; i--) {
    const frame = frames[i]
    if (frame !== undefined && frame.t <= lastSeen - wayMs)
      return hypot2(x - frame.x, y - frame.y) >= wayMetres && frame.t > lastSeen - 2 * wayMs
  }
  return false
}

export function isWalking({ vx, vy }: Person): boolean {
  return hypot2(vx, vy) > walkingMetresPerSecond
}

/** The height of the head while walking, metres; null until enough was seen of it. */
export function walkingHeight({ walking }: Person): number | null {
  return walking.heads >= leastWalked ? walking.mean : null
}

function walkedBy(walking: Person['walking'], headZ: number): void {
  walking.heads = Math.min(walking.heads + 1, mostWalked)
  walking.mean += (headZ - walking.mean) / walking.heads
}

/** Each goes on where the other was taken to be since a time; `heights` are those of before. */
export function exchange(a: Person, b: Person, heights: readonly [number | null, number | null], since: number): void {
  const moving = ({ target, lastSeen, missedFrom, x, y, vx, vy, head, leaving }: Person) => ({
    target,
    lastSeen,
    missedFrom,
    x,
    y,
    vx,
    vy,
    head,
    leaving,
  })
  const framesOf = ({ frames }: Person) =>
    [frames.filter(({ t }) => t < since), frames.filter(({ t }) => t >= since)] as const
  const [movingA, movingB, [oldA, newA], [oldB, newB]] = [moving(a), moving(b), framesOf(a), framesOf(b)]
  const [walkA, walkB] = exchangedWalks(a, b, since)
  const heightOfA = a.height
  const statures = heights.map((mean) => (mean === null ? { heads: 0, mean: 0 } : { heads: leastWalked, mean }))
  Object.assign(a, movingB, { height: b.height, walking: statures[0], frames: [...oldA, ...newB], walk: walkA })
  Object.assign(b, movingA, { height: heightOfA, walking: statures[1], frames: [...oldB, ...newA], walk: walkB })
}

/** Where both were, if each was taken for the other since a time. */
export function exchangedWalks(a: Person, b: Person, since: number): readonly [Step[], Step[]] {
  const from = windowOf(since)
  const split = ({ walk }: Person) =>
    [walk.filter(({ window }) => window < from), walk.filter(({ window }) => window >= from)] as const
  const [[oldA, newA], [oldB, newB]] = [split(a), split(b)]
  return [
    [...oldA, ...newB],
    [...oldB, ...newA],
  ]
}

/** An upper quantile by small steps: rises quickly, falls slowly (Robbins and Monro 1951). */
function taller(height: number | null, headZ: number): number {
  if (height === null) return headZ
  return height + (headZ > height ? 0.2 : 0.01) * (headZ - height)
}

/** One person on the floor, over the time in which the cameras see them without losing them. Pure; plain data. */
import { type Clothes, clothesApart, followClothes, isOtherClothes } from './clothes.ts'
import type { Box } from './detection.ts'
import { type Limbs, seeLimbs } from './limbs.ts'
import { determinant2, inverse2, type Pair, quadratic2, sum2 } from './matrix.ts'
import { corrected, type Motion, startMotion } from './motion.ts'
import { type Eye, type Height, standing } from './place.ts'
import type { Sighting } from './sighting.ts'

/** The latest that one camera saw of somebody. */
export interface Glimpse {
  readonly tsMs: number
  readonly box: Box
  /** The picture's edge cuts through the box. */
  readonly cut: boolean
  readonly score: number
  /** Metres of the top of the box over the floor; null where it is cut off. */
  readonly topMetres: number | null
}

export interface Track {
  id: string
  readonly bornMs: number
  readonly start: Pair
  motion: Motion
  height: Height
  lastSeenMs: number
  /** When a box was sure enough to be somebody by itself. */
  lastSureMs: number
  /** Moments in which any camera saw them. */
  hits: number
  /** Frames without them since they were last seen, of cameras that had seen them. */
  misses: number
  /** Went a step from where they were first seen: what never does is a chair, a dummy, a poster. */
  walked: boolean
  /** Surely somebody, and nobody else who is known (`arrival.ts`). Until then nothing is said of them. */
  known: boolean
  /** How often each camera saw them where nobody known explains it; by camera. Of no use once they are known. */
  readonly evidence: Record<string, number>
  readonly clothes: Clothes
  limbs: Limbs
  /** By camera. */
  readonly glimpses: Record<string, Glimpse>
}

/** Of the square of the Mahalanobis distance of the right one: 99 of 100 are below (chi-square, two degrees of freedom). */
const gate = 9.21
/** Whom so many looks missed comes back only in clothes that are no others. */
const lostMisses = 2
/** The feet say more than the head alone: of two stories about one box this much more must speak for the second. */
const headCost = 1
/** Whoever sways or turns round on the spot stays within 0.15 m, and so does the box of a thing that somebody passes. */
const walkedMetres = 0.3
/** A reach and half of a body. */
const besideMetres = 1
/** A box that says this much less of the height than is known shows somebody who bends. */
const bendMetres = 0.2
/** Heights come from the same lens, shoes and hair again and again: they do not become surer than this. */
const leastHeightVariance = 0.04 ** 2

export function newTrack(id: string, tsMs: number, camera: string, { spot, height, clothes, clear }: Sighting): Track {
  const track: Track = {
    id,
    bornMs: tsMs,
    start: spot(standing).at,
    motion: startMotion(spot(standing)),
    height: taller(standing, height),
    lastSeenMs: tsMs,
    lastSureMs: tsMs,
    hits: 1,
    misses: 0,
    walked: false,
    known: false,
    evidence: {},
    clothes: {},
    limbs: {},
    glimpses: {},
  }
  if (clear) followClothes(track.clothes, camera, clothes)
  return track
}

/**
 * What it costs to take a sighting for this person: minus twice the log likelihood of the place, and how unlike the clothes
 * are. Null where it cannot be them.
 */
export function costOf(track: Track, camera: string, sighting: Sighting): number | null {
  const spot = sighting.spot(track.height)
  const blur = sum2(track.motion.places, spot.covariance)
  const weight = inverse2(blur)
  if (weight === null) return null
  const apart = quadratic2(weight, [spot.at[0] - track.motion.at[0], spot.at[1] - track.motion.at[1]])
  if (!(apart <= gate)) return null
  const clothes = clothesApart(track.clothes, camera, sighting.clothes)
  if (track.misses >= lostMisses && isOtherClothes(clothes)) return null
  const story = sighting.by === 'head' ? headCost : 0
  return apart + Math.log(determinant2(blur)) + clothes ** 2 + story
}

/** They were seen. */
export function see(track: Track, tsMs: number, eye: Eye, sighting: Sighting): void {
  track.motion = corrected(track.motion, sighting.spot(track.height))
  track.height = taller(track.height, sighting.height)
  const body = { at: track.motion.at, height: track.height.mean }
  track.limbs = seeLimbs(track.limbs, eye, tsMs, body, sighting.detection)
  if (sighting.clear) followClothes(track.clothes, eye.id, sighting.clothes)
  if (tsMs > track.lastSeenMs) track.hits += 1
  track.lastSeenMs = tsMs
  track.misses = 0
  track.walked ||= distance(track.motion.at, track.start) >= walkedMetres
}

/** How tall somebody is, after a box has said so. */
function taller(known: Height, measured: Height | null): Height {
  if (measured === null || measured.mean < known.mean - bendMetres) return known
  const gain = known.variance / (known.variance + measured.variance)
  return {
    mean: known.mean + gain * (measured.mean - known.mean),
    variance: Math.max(leastHeightVariance, (1 - gain) * known.variance),
  }
}

/** So near to each other that a box of one may be taken for the other. */
export function areBeside(a: Track, b: Track): boolean {
  return distance(a.motion.at, b.motion.at) <= besideMetres
}

export function distance(a: Pair, b: Pair): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1])
}

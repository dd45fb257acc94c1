/** One person on the floor, over the time in which the cameras see them without losing them. Pure; plain data. */
import { clothesDistance, followClothes } from './clothes.ts'
import type { Box } from './detection.ts'
import type { JointRay } from './joints.ts'
import { determinant2, inverse2, type Pair, quadratic2, sum2 } from './matrix.ts'
import { corrected, type Motion, startMotion } from './motion.ts'
import { type Height, standing } from './place.ts'
import type { Sighting } from './sighting.ts'

/** The latest that one camera saw of somebody. */
export interface Glimpse {
  readonly tsMs: number
  readonly box: Box
  /** The picture's edge cuts through the box. */
  readonly cut: boolean
  readonly score: number
  readonly rays: readonly JointRay[]
  /** Metres of the top of the box over the floor; null where it is cut off. */
  readonly topMetres: number | null
}

export interface Track {
  readonly id: string
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
  clothes: readonly number[] | null
  /** By camera. */
  readonly glimpses: Record<string, Glimpse>
}

/** Of the square of the Mahalanobis distance of the right one: 99 of 100 are below (chi-square, two degrees of freedom). */
const gate = 9.21
/**
 * Spread of the distance of the same person's clothes from sight to sight, so that the square of it in these units weighs
 * like that of a place. On person-video half of the distances within a visit are below 0.1 and 90 % below 0.35; between
 * visits half are above 0.15 (black beside black) to 0.75.
 */
const clothesSpread = 0.2
/** Whom so many looks missed comes back only in clothes that are no further from those. */
const lostMisses = 2
const mostClothesApart = 0.45
/** The feet say more than the head alone: of two stories about one box this much more must speak for the second. */
const headCost = 1
/** Whoever sways or turns round on the spot stays within 0.15 m, and so does the box of a thing that somebody passes. */
const walkedMetres = 0.3
/** A box that says this much less of the height than is known shows somebody who bends. */
const bendMetres = 0.2
/** Heights come from the same lens, shoes and hair again and again: they do not become surer than this. */
const leastHeightVariance = 0.04 ** 2

export function newTrack(id: string, tsMs: number, { spot, height, clothes }: Sighting): Track {
  return {
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
    clothes,
    glimpses: {},
  }
}

/**
 * What it costs to take a sighting for this person: minus twice the log likelihood of the place, and how unlike the clothes
 * are. Null where it cannot be them.
 */
export function costOf(track: Track, sighting: Sighting): number | null {
  const spot = sighting.spot(track.height)
  const blur = sum2(track.motion.places, spot.covariance)
  const weight = inverse2(blur)
  if (weight === null) return null
  const apart = quadratic2(weight, [spot.at[0] - track.motion.at[0], spot.at[1] - track.motion.at[1]])
  if (!(apart <= gate)) return null
  const clothes = clothesApart(track, sighting)
  if (track.misses >= lostMisses && clothes > mostClothesApart) return null
  const story = sighting.by === 'head' ? headCost : 0
  return apart + Math.log(determinant2(blur)) + (clothes / clothesSpread) ** 2 + story
}

function clothesApart({ clothes }: Track, sighting: Sighting): number {
  return clothes === null || sighting.clothes === null ? 0 : clothesDistance(clothes, sighting.clothes)
}

/** They were seen. */
export function see(track: Track, tsMs: number, sighting: Sighting): void {
  track.motion = corrected(track.motion, sighting.spot(track.height))
  track.height = taller(track.height, sighting.height)
  track.clothes = followClothes(track.clothes, sighting.clothes)
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

export function distance(a: Pair, b: Pair): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1])
}

/**
 * The numbers of the model, each with its source. Densities are per gram, odds are natural logs.
 *
 * M: measured on the recordings and data sets that facts.md names; S: set by reasoning, said beside it.
 */
import type { Product } from '../../models/contracts/store.ts'
import type { Learned } from './learned.ts'

/** Packages of one SKU differ: SD median 1.3 % of the mean, p90 4.9 % (M); heavy tails, so a mixture of three. */
const spreadMixture = [
  { share: 0.55, cv: 0.01 },
  { share: 0.33, cv: 0.025 },
  { share: 0.12, cv: 0.06 },
] as const
/** A stated spread is right most of the time, and three times too small in the rest (S). */
const statedShare = 0.85
/** Plates weigh alike to 0.4 % (M); the same plate weighs the same thing the same. */
export const plateGain = 0.004
/** What rounding of the catalogue and of readings adds in any case (S). */
const leastSdGrams = 0.5

/** How many at once: most picks are of one; dozens are a refill (S, like the simulated and published competitions). */
export function quantityPrior(quantity: number): number {
  return [0, 0.86, 0.09, 0.025, 0.012, 0.006, 0.003][quantity] ?? 0.003 * 0.6 ** (quantity - 6)
}
export const mostAtOnce = 12

/** Weights of where a SKU may come from, before its mass is looked at (S; they must lose to a good mass match). */
export const placePrior = {
  /**
   * Its facing covers plates that felt this share of the change: a package stands on its own plates, or a little over
   * the edge; what the next facing felt of it is crosstalk mostly (S).
   */
  here: (share: number) => 0.03 + 0.97 * share ** 2,
  /** Its facing is within a few plates on the same shelf: all of those share this. */
  nearby: 0.015,
  /** Anywhere in the shop: all SKUs share this. */
  anywhere: 0.01,
  /** The planogram has it elsewhere, and so often it was taken from here before: half, then all of a facing's (S). */
  learned: (times: number) => times / (times + 1),
  /** A thing known to lie here out of its place. */
  lying: 0.5,
  /** The facing's SKU with a mass that the catalogue has wrong (one known case in 354 products was off by 1.6: M). */
  wrongMass: 0.01,
  /** Two different SKUs of this place at the same time. */
  pair: 0.02,
} as const
export const massRangeGrams = 2000
/** Of things taken together from one place, the share that two people took, one each, when both had a hand there (S). */
export const sharedPrior = 0.2

/** Who puts what on a shelf (S): mostly what they took before. */
export const putPrior = {
  /** A thing of their cart, all their things sharing it. */
  own: 0.9,
  /** Two or more things of their cart at once. */
  ownSeveral: 0.06,
  /** A hand, a bag, a thing from home: any weight. */
  foreign: 0.01,
  /** Merchandise that nobody saw them take. */
  unseenPick: 0.002,
  /** Staff who fill shelves put merchandise of the place. */
  restock: 0.9,
} as const

/** Nobody who was seen did it: a lost track, somebody behind somebody (S). In the scale of `Reach.logOdds`. */
export const nobodyLogOdds = -4.5
/** No cart changed at all: the plate moved or something leans on it (any weight), or it crept (grams) (S). */
const nothing = { anyWeight: 0.004, creep: 0.03, creepGrams: 4 } as const
/** By how much a wrong catalogue is wrong: log-normal, two thirds within a factor of 1.6 (S). */
const wrongMassSpread = 0.5

/** Density at a change of `grams` of nothing having been taken or put. */
export function nothingDensity(grams: number): number {
  return nothing.anyWeight / massRangeGrams + 2 * nothing.creep * normalDensity(grams, nothing.creepGrams)
}

/** Density at `grams` of one package of a product whose catalogue mass is wrong. */
export function wrongMassDensity(product: Product, grams: number): number {
  return normalDensity(Math.log(grams / product.massGrams.mean), wrongMassSpread) / grams
}

export function normalDensity(x: number, sd: number): number {
  return Math.exp(-0.5 * (x / sd) ** 2) / (sd * Math.sqrt(2 * Math.PI))
}

/** After two packages what was weighed counts as much as what the catalogue says; never more than 9 to 1 (S). */
const weighedHalf = 2
const weighedShare = 0.9
/** The spread that is expected beforehand counts as much as three packages (S). */
const spreadPackages = 3
const usualCv = 0.013

/** Density at `grams` of the weight of `quantity` packages of a product, seen by a scale of the given error. */
export function massDensity(
  product: Product,
  weighed: Learned['masses'][string] | undefined,
  quantity: number,
  grams: number,
  sdGrams: number,
): number {
  const stated = statedDensity(product, quantity, grams, sdGrams)
  if (weighed === undefined) return stated
  const { count, mean, squares } = weighed
  const share = (weighedShare * count) / (count + weighedHalf)
  const usual = product.massGrams.sd ?? usualCv * mean
  const variance = (spreadPackages * usual ** 2 + squares) / (spreadPackages + count)
  const spread = Math.sqrt(variance * quantity + (variance * quantity ** 2) / count)
  const error = Math.hypot(sdGrams, plateGain * quantity * mean, leastSdGrams, spread)
  return (1 - share) * stated + share * normalDensity(grams - quantity * mean, error)
}

function statedDensity(product: Product, quantity: number, grams: number, sdGrams: number): number {
  const { mean, sd } = product.massGrams
  const expected = quantity * mean
  const error = Math.hypot(sdGrams, plateGain * expected, leastSdGrams)
  const off = grams - expected
  const spread = (packageSd: number) => normalDensity(off, Math.hypot(error, packageSd * Math.sqrt(quantity)))
  const unknown = spreadMixture.reduce((sum, { share, cv }) => sum + share * spread(cv * mean), 0)
  if (sd === null) return unknown
  return statedShare * spread(sd) + (1 - statedShare) * (0.5 * spread(3 * sd) + 0.5 * unknown)
}

/** Density at `grams` of one known thing that was weighed before. */
export function sameThingDensity(
  knownGrams: number,
  knownSd: number,
  grams: number,
  sdGrams: number,
  samePlate: boolean,
) {
  const gain = samePlate ? 0 : plateGain * knownGrams
  const error = Math.hypot(knownSd, sdGrams, gain, leastSdGrams)
  // A hand that still holds on, or a neighbour's crosstalk, spoils one weighing in ten by some per cent (S).
  return (
    0.9 * normalDensity(grams - knownGrams, error) +
    0.1 * normalDensity(grams - knownGrams, Math.hypot(3 * error, 0.02 * knownGrams))
  )
}

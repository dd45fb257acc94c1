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

/** Less likely than any other explanation of a change, whatever it is: not worth a thought. */
export const impossible = 1e-14

/** How many in one moment: a hand takes one, now and then two or three; dozens are a refill (S). */
export function quantityPrior(quantity: number): number {
  return [0, 0.87, 0.095, 0.025, 0.006, 0.002, 0.001][quantity] ?? 0.001 * 0.5 ** (quantity - 6)
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
  nearby: 0.03,
  /** The planogram has it nowhere; `bare`: and nothing else here. All such SKUs share this (S). */
  unlisted: (bare: boolean) => (bare ? 0.5 : 0.03),
  /** Anywhere in the shop: all SKUs share this. */
  anywhere: 0.03,
  /** The planogram has it elsewhere, and so often it was taken from here before: half, then all of a facing's (S). */
  learned: (times: number) => times / (times + 1),
  /** A thing known to lie here out of its place. */
  lying: 0.5,
  /** The facing's SKU with a mass that the catalogue has wrong (one known case in 354 products was off by 1.6: M). */
  wrongMass: 0.01,
  /** Two different SKUs of this place at the same time. */
  pair: 0.02,
} as const
/**
 * What stands at a spot instead of what the planogram has there is what is taken from it: so often (S). Of things from
 * elsewhere: the shares that were laid there alone, that stand there, and whose spot was exchanged with this one (S). Of
 * masses that the catalogue has wrong: the share that is wrong for all of the kind (S).
 */
export const standing = { taken: 0.9, alone: 0.4, instead: 0.3, exchanged: 0.3, allWrong: 0.7 } as const
export const massRangeGrams = 2000
/** Of things taken together from one place, the share that two people took, one each, when both had a hand there (S). */
export const sharedPrior = 0.2

/**
 * Of hands at the floor, the share that leaves a thing there (others pick something up), of those that are busy there for longer or with
 * the other one (a shoe is tied, a bag set down), and how often it is the last one taken, which is rather in the hand still (S).
 */
export const leftOnFloor = { share: 0.8, busyShare: 0.2, last: 0.6 } as const

/**
 * A thing is put on plates from which another is taken within the same half second: of puts while another has a hand there,
 * who stays for some seconds and mostly takes one; and of one's own, with both hands (S).
 */
export const exchangePrior = { two: 0.1, alone: 0.02 } as const

/** Staff stand at shelves to fill them; what is taken beside them was rather taken by somebody else with a hand there (S). */
export const staffTakes = 0.3
/** And what is put there is rather theirs: they set down a thing every few seconds, shoppers take one back now and then (S). */
export const staffFills = 3

/** Who puts what on a shelf (S): mostly what they took before. */
export const putPrior = {
  /** A thing of their cart, all their things sharing it. */
  own: 0.9,
  /** Two or more things of their cart at once. */
  ownSeveral: 0.06,
  /** A thing that somebody else took: handed over, or it was never clear who took it. */
  others: 0.02,
  /** A hand, a bag, a thing from home: any weight. */
  foreign: 0.01,
  /** Merchandise that nobody saw them take. */
  unseenPick: 0.002,
  /** A shopper puts a thing there that somebody takes away at once: mostly it was a hand. Times all but the last. */
  passing: 0.05,
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

/**
 * A hand that presses on a plate while others are at it: log-normal, half of them below 60 g (M: 53 g before a real pick;
 * carts and elbows weigh more: S); a steady one is rarer with each second. Hands bear weight for a moment now and then.
 */
const lean = { medianGrams: 60, spread: 1, steadyMs: 1000, bears: 0.03 } as const
/** Who leans stays: that somebody came just then and went speaks for a thing that they took, and not for this (S). */
export const mostLeanLogOdds = Math.log(4)

/**
 * A hand that is still there when the plate has settled may be all that the plate feels: it presses, or bears a part of
 * something that it has not taken yet (S: one in ten of such hands does).
 */
const still = 0.1

/** Density at `grams` of a plate being pressed or relieved by a hand that is still there. */
export function handDensity(grams: number): number {
  return (still * normalDensity(Math.log(grams / lean.medianGrams), lean.spread)) / grams
}

/** Log density, per gram of each level, of a plate having been pressed, or borne by so much and no more. */
export function leanLogDensity(hand: {
  readonly pressedGrams: number
  readonly boreGrams: number
  readonly heldMs: number
  readonly wobbles: number
}): number {
  const { pressedGrams, boreGrams, heldMs, wobbles } = hand
  const off = Math.log(pressedGrams / lean.medianGrams)
  const pressed = Math.log(normalDensity(off, lean.spread) / pressedGrams) - heldMs / lean.steadyMs
  const bore = Math.log(lean.bears / massRangeGrams)
  const between = wobbles * Math.log(Math.max(lean.medianGrams, pressedGrams + boreGrams))
  return (pressedGrams > 0 ? pressed : 0) + (boreGrams > 0 ? bore : 0) - between
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

/** What scales say of a weight. */
export interface Weighing {
  readonly grams: number
  readonly sdGrams: number
  /** What the plates beside felt, which are not counted; 0: no more than crosstalk. */
  readonly besideGrams: number
  /** Plates that felt it. */
  readonly plates: number
}

/** What plates beside feel beyond crosstalk is as likely the package's own, that stands on them too (S). */
const besideShare = 0.5

/** A density by weight, whichever weight it was. */
function overBeside({ grams, besideGrams }: Weighing, density: (grams: number) => number): number {
  if (besideGrams === 0) return density(grams)
  return (1 - besideShare) * density(grams) + besideShare * density(grams + besideGrams)
}

/**
 * How scales err, as shares of the weight (M: 400 picks of a simulator with the noise of the real recording): a package
 * that hangs over the edge of its plate leaves up to 3 % of itself unfelt, one on two plates is felt a little twice.
 */
const onePlate = [
  { share: 0.85, bias: 0, cv: plateGain },
  { share: 0.15, bias: -0.012, cv: 0.02 },
] as const
const morePlates = [
  { share: 0.9, bias: 0.004, cv: 0.009 },
  { share: 0.1, bias: 0, cv: 0.025 },
] as const

/** Density at the weight that scales say of `quantity` packages of a product. */
export function massDensity(
  product: Product,
  weighed: Learned['masses'][string] | undefined,
  quantity: number,
  weighing: Weighing,
): number {
  const spreads = spreadsOf(product, weighed, quantity)
  const errors = weighing.plates === 1 ? onePlate : morePlates
  return overBeside(weighing, (grams) => {
    let density = 0
    for (const { share, mean, sd } of spreads)
      for (const error of errors) {
        const noise = Math.hypot(sd, weighing.sdGrams, error.cv * mean, leastSdGrams)
        density += share * error.share * normalDensity(grams - mean * (1 + error.bias), noise)
      }
    return density
  })
}

const widestCv = Math.max(...spreadMixture.map(({ cv }) => cv))
const errors = [...onePlate, ...morePlates]
const widestErrorCv = Math.max(...errors.map(({ cv }) => cv))
const mostBias = Math.max(...errors.map(({ bias }) => Math.abs(bias)))

/** Never less than `massDensity`, and found with a tenth of the work: most products weigh something quite different. */
export function mostMassDensity(
  product: Product,
  weighed: Learned['masses'][string] | undefined,
  quantity: number,
  weighing: Weighing,
): number {
  const { mean, sd } = product.massGrams
  const widest = Math.max(widestCv * mean, 3 * (sd ?? 0)) * Math.sqrt(quantity)
  const stated = mostNormal(quantity * mean, widest, weighing)
  if (weighed === undefined) return stated
  const ours = weighedSpread(product, weighed, quantity)
  return Math.max(stated, mostNormal(ours.mean, ours.sd, weighing))
}

/**
 * The density of the densest normal that is not wider than a spread with the widest error, and not narrower than the error
 * of the scale: at a distance that is the one whose deviation is this distance.
 */
function mostNormal(mean: number, sd: number, { grams, sdGrams, besideGrams }: Weighing): number {
  const nearest = Math.min(Math.max(mean, grams), grams + besideGrams)
  const off = Math.max(0, Math.abs(nearest - mean) - mostBias * mean)
  const narrowest = Math.hypot(sdGrams, leastSdGrams)
  const widest = Math.hypot(sd, sdGrams, widestErrorCv * mean, leastSdGrams)
  return normalDensity(off, Math.min(widest, Math.max(narrowest, off)))
}

/** No mass density is greater than this, whatever the product. */
export function mostDensity({ sdGrams }: Weighing): number {
  return normalDensity(0, Math.hypot(sdGrams, leastSdGrams))
}

interface Spread {
  readonly share: number
  readonly mean: number
  readonly sd: number
}

/** What `quantity` packages may weigh, by the catalogue and by what was weighed before. */
function spreadsOf(product: Product, weighed: Learned['masses'][string] | undefined, quantity: number): Spread[] {
  const stated = statedSpreads(product, quantity)
  if (weighed === undefined) return stated
  const ours = weighedSpread(product, weighed, quantity)
  return [...stated.map((one) => ({ ...one, share: (1 - ours.share) * one.share })), ours]
}

/** What they may weigh by those that were weighed alone. */
function weighedSpread(
  product: Product,
  { count, mean, squares }: Learned['masses'][string],
  quantity: number,
): Spread {
  const share = (weighedShare * count) / (count + weighedHalf)
  const usual = product.massGrams.sd ?? usualCv * mean
  const variance = (spreadPackages * usual ** 2 + squares) / (spreadPackages + count)
  const sd = Math.sqrt(variance * quantity + (variance * quantity ** 2) / count)
  return { share, mean: quantity * mean, sd }
}

function statedSpreads({ massGrams: { mean, sd } }: Product, quantity: number): Spread[] {
  if (sd === null) return spreadMixture.map(({ share, cv }) => spreadOf(share, mean, cv * mean, quantity))
  const doubt = (1 - statedShare) / 2
  return [
    spreadOf(statedShare, mean, sd, quantity),
    spreadOf(doubt, mean, 3 * sd, quantity),
    ...spreadMixture.map(({ share, cv }) => spreadOf(doubt * share, mean, cv * mean, quantity)),
  ]
}

function spreadOf(share: number, mean: number, packageSd: number, quantity: number): Spread {
  return { share, mean: quantity * mean, sd: packageSd * Math.sqrt(quantity) }
}

/** Density at `grams` of one known thing that was weighed before. */
export function sameThingDensity(knownGrams: number, knownSd: number, weighing: Weighing, samePlate: boolean) {
  const { sdGrams, plates } = weighing
  const cv = plates > 1 ? morePlates[0].cv : samePlate ? 0 : plateGain
  const error = Math.hypot(knownSd, sdGrams, cv * knownGrams, leastSdGrams)
  // A hand that still holds on, or a neighbour's crosstalk, spoils one weighing in ten by some per cent (S).
  const spoilt = Math.hypot(3 * error, 0.02 * knownGrams)
  return overBeside(
    weighing,
    (grams) => 0.9 * normalDensity(grams - knownGrams, error) + 0.1 * normalDensity(grams - knownGrams, spoilt),
  )
}

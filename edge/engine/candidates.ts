/** Merchandise that a piece of a change may be, by weight and place alone: the same under every hypothesis. */
import type { Product } from '../../models/contracts/store.ts'
import { type Catalogue, lighterFirst, productsWithin } from './catalogue.ts'
import type { Learned } from './learned.ts'
import {
  impossible,
  massDensity,
  mostAtOnce,
  mostDensity,
  mostMassDensity,
  placePrior,
  quantityPrior,
  type Weighing,
  wrongMassDensity,
} from './likelihood.ts'

export interface Candidate {
  readonly items: readonly { readonly sku: string; readonly quantity: number; readonly gramsEach: number }[]
  readonly logLikelihood: number
  /** By the planogram and the catalogue; from elsewhere; of here, with another mass than the catalogue has. */
  readonly origin: 'here' | 'elsewhere' | 'wrong-mass'
  /** What of its likelihood is the place's. */
  readonly logPlace: number
}

interface Known {
  readonly catalogue: Catalogue
  readonly learned: Learned
}

/** What plates felt of one act: which, in which shares, most of it on `cell`. */
export interface Felt extends Weighing {
  readonly cells: readonly string[]
  readonly felt: readonly number[]
  readonly cell: string
}

/** Takes a candidate with its likelihood, per gram, and what of it is the place's. */
type Add = (items: Candidate['items'], likelihood: number, origin: Candidate['origin'], place: number) => void

const mostCandidates = 12
/** What was weighed to 25 g and worse fits dozens of SKUs: the place says more than the weight. */
const mostRoughCandidates = 4
const roughSdGrams = 25
/** Candidates worse than the best by e^10 do not matter. */
const worstLogRatio = 10
/** What is certain to be worse is not worked out; a little worse than that, so that no rounding decides. */
const hopeless = Math.exp(-worstLogRatio - 0.01)
/** Further than five times the widest package spread and the worst scale no density is worth computing. */
const farShare = 0.3
const farGrams = 40

/** Where what the planogram says is this likely, nothing else is supposed. */
const mostPlanned = 0.9

/** Best first. */
export function candidatesOf(known: Known, part: Felt): Candidate[] {
  const { catalogue } = known
  const shares = facingShares(catalogue, part)
  const here = [...shares.keys()]
  const nearby = (catalogue.nearby.get(part.cell) ?? []).filter((sku) => !here.includes(sku))
  const unlisted = placePrior.unlisted(here.length === 0) / Math.max(1, catalogue.unlisted.size)
  const weights = new Map([...shares].map(([sku, share]) => [sku, placePrior.here(share)]))
  const total = [...weights.values()].reduce(
    (sum, weight) => sum + weight,
    placePrior.nearby + placePrior.anywhere + unlisted * catalogue.unlisted.size,
  )
  const candidates: Candidate[] = []
  const add: Add = (items, likelihood, origin, place) => {
    if (likelihood <= impossible) return
    candidates.push({ items, origin, logLikelihood: Math.log(likelihood / total), logPlace: Math.log(place / total) })
  }
  addSingles(known, part, part.cells, { weights, nearby, unlisted }, add)
  for (const sku of here) {
    const product = catalogue.products.get(sku)
    const density = product === undefined ? 0 : wrongMassDensity(product, part.grams)
    const place = (weights.get(sku) ?? 0) * placePrior.wrongMass
    add([{ sku, quantity: 1, gramsEach: part.grams }], place * density, 'wrong-mass', place)
  }
  for (const pair of pairs(here)) addPair(known, part, pair, add)
  candidates.sort((a, b) => b.logLikelihood - a.logLikelihood)
  const least = (candidates[0]?.logLikelihood ?? 0) - worstLogRatio
  const most = part.sdGrams > roughSdGrams ? mostRoughCandidates : mostCandidates
  return candidates.slice(0, most).filter(({ logLikelihood }) => logLikelihood >= least)
}

/** Whether what was taken here is rather not what the planogram says. */
export function isStrange(candidates: readonly Candidate[]): boolean {
  const best = candidates[0]?.logLikelihood ?? 0
  const shares = candidates.map(({ logLikelihood }) => Math.exp(logLikelihood - best))
  const all = shares.reduce((sum, share) => sum + share, 0)
  const planned = shares.reduce((sum, share, i) => (candidates[i]?.origin === 'here' ? sum + share : sum), 0)
  return planned < mostPlanned * all
}

/** For each SKU whose facing touches the part, how much of the change its own plates felt. */
function facingShares({ facings }: Catalogue, { cells, felt }: Felt): Map<string, number> {
  const shares = new Map<string, number>()
  cells.forEach((cell, i) => {
    for (const sku of facings.get(cell) ?? []) shares.set(sku, (shares.get(sku) ?? 0) + (felt[i] ?? 0))
  })
  return shares
}

function addPair(
  { catalogue }: Known,
  { grams, sdGrams, besideGrams, plates }: Felt,
  [a, b]: readonly [string, string],
  add: Add,
): void {
  const [first, second] = [catalogue.products.get(a), catalogue.products.get(b)]
  if (first === undefined || second === undefined) return
  const mean = first.massGrams.mean + second.massGrams.mean
  const sds = [first.massGrams.sd, second.massGrams.sd]
  const sd = sds.includes(null) ? null : Math.hypot(...sds.map((value) => value ?? 0))
  const together = { ...first, massGrams: { mean, sd } }
  const share = grams / mean
  const items = [first, second].map(({ sku, massGrams }) => ({ sku, quantity: 1, gramsEach: massGrams.mean * share }))
  const density = massDensity(together, undefined, 1, { grams, sdGrams, besideGrams, plates })
  add(items, placePrior.pair * density, 'here', placePrior.pair)
}

export function pairs<T>(list: readonly T[]): [T, T][] {
  return list.flatMap((a, i) => list.slice(i + 1).map((b): [T, T] => [a, b]))
}

/** Priors of SKUs before their mass is looked at. */
interface Places {
  /** Those whose facing is here. */
  readonly weights: ReadonlyMap<string, number>
  readonly nearby: readonly string[]
  /** Of each SKU that the planogram has nowhere, besides being anywhere. */
  readonly unlisted: number
}

/** Adds what one product may be, lightest product first. `cells`: where it was. */
function addSingles(known: Known, weighing: Weighing, cells: readonly string[], places: Places, add: Add): void {
  const { catalogue, learned } = known
  const taken = cells.map((cell) => learned.places[cell] ?? {})
  const priorOf = priorsAt(catalogue, taken, places)
  const { mayMatter, likelihoodOf } = weigher(learned, weighing)
  const here = [...places.weights.keys()]
  // What stands here, or weighs just that, is likeliest: beside it hardly anything else is worth working out.
  const likely = [...productsOf(catalogue, here), ...productsWithin(catalogue, 0, weighing.grams).slice(-1)]
  for (const product of likely) likelihoodOf(product, priorOf(product.sku), 1)
  const listed = [...here, ...places.nearby, ...taken.flatMap((times) => Object.keys(times)), ...catalogue.unlisted]
  const products = mayMatter(anywhereIn(catalogue)) ? inRange(catalogue, weighing) : productsOf(catalogue, listed)
  for (const product of products) {
    const { sku, massGrams } = product
    const prior = priorOf(sku)
    if (!mayMatter(prior)) continue
    const fewest = Math.max(1, Math.floor(weighing.grams / massGrams.mean - 1))
    const most = Math.min(mostAtOnce, Math.ceil(weighing.grams / massGrams.mean + 1))
    for (let quantity = fewest; quantity <= most; quantity++) {
      const likelihood = likelihoodOf(product, prior, quantity)
      const items = [{ sku, quantity, gramsEach: weighing.grams / quantity }]
      if (likelihood > 0) add(items, likelihood, places.weights.has(sku) ? 'here' : 'elsewhere', prior)
    }
  }
}

/** `taken`: what was taken from these cells before, by SKU. */
function priorsAt(catalogue: Catalogue, taken: readonly Readonly<Record<string, number>>[], places: Places) {
  const anywhere = anywhereIn(catalogue)
  const nearby = new Set(places.nearby)
  const beside = placePrior.nearby / Math.max(1, nearby.size)
  return (sku: string): number => {
    const before = taken.reduce((most, times) => Math.max(most, times[sku] ?? 0), 0)
    const other = catalogue.unlisted.has(sku) ? anywhere + places.unlisted : nearby.has(sku) ? beside : anywhere
    return Math.max(places.weights.get(sku) ?? other, placePrior.learned(before))
  }
}

function anywhereIn({ byMass }: Catalogue): number {
  return placePrior.anywhere / Math.max(1, byMass.length)
}

/** Works out likelihoods, but for those that are certain to be hopeless beside one that was worked out before. */
function weigher({ masses }: Learned, weighing: Weighing) {
  const peak = mostDensity(weighing)
  let least = hopeless * impossible
  return {
    mayMatter: (prior: number) => prior * quantityPrior(1) * peak >= least,
    /** 0: hopeless. */
    likelihoodOf: (product: Product, prior: number, quantity: number): number => {
      const expected = quantity * product.massGrams.mean
      if (Math.abs(weighing.grams - expected) > farShare * expected + farGrams) return 0
      const share = prior * quantityPrior(quantity)
      const weighed = masses[product.sku]
      if (share * mostMassDensity(product, weighed, quantity, weighing) < least) return 0
      const likelihood = share * massDensity(product, weighed, quantity, weighing)
      least = Math.max(least, hopeless * likelihood)
      return likelihood
    },
  }
}

/** All that up to `mostAtOnce` of may weigh so much. */
function inRange(catalogue: Catalogue, { grams }: Weighing): readonly Product[] {
  return productsWithin(
    catalogue,
    (grams - farGrams) / (1 + farShare) / mostAtOnce,
    (grams + farGrams) / (1 - farShare),
  )
}

/** Lightest first, each once. */
function productsOf({ products }: Catalogue, skus: readonly string[]): Product[] {
  return [...new Set(skus)].flatMap((sku) => products.get(sku) ?? []).sort(lighterFirst)
}

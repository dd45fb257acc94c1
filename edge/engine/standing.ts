/**
 * What stands where. A planogram may be wrong, and one wrong spot explains all that is taken from it: it is a hypothesis
 * like what lies where, so that a change tells of those before and after it, and of the spot it was exchanged with.
 */
import type { Candidate } from './candidates.ts'
import type { Catalogue, Spot } from './catalogue.ts'
import { type Contents, type PlaceKey, standingAt, type Thing } from './hypothesis.ts'
import { normalDensity, standing } from './likelihood.ts'
import type { Part } from './parts.ts'

/** What stands at a spot for all of its kind. `sdGrams` 0: it weighs what the catalogue says. */
type Standing = Thing

/** One way in which a candidate came to be here. */
export interface Supposed {
  readonly logPrior: number
  readonly places: Readonly<Record<PlaceKey, readonly Thing[]>>
}

/** Candidates worse than the best from elsewhere by e^5 are not worth supposing anything. */
const worstLogRatio = 5
/** Packages of a kind that was weighed once (M: 1.3 %, heavy tails). */
const weighedCv = 0.02

/** Places where it may stand what the planogram does not say, for some cells. */
export function standingIn({ spots }: Catalogue, cells: readonly string[]): PlaceKey[] {
  return [...new Set(cells.flatMap((cell) => spots.get(cell)?.id ?? []))].map(standingAt)
}

/** A part as it is to be read where something else may stand than the planogram says. */
export function asItStands({ spots }: Catalogue, part: Part, contents: Contents): Part {
  const spot = spots.get(part.cell)
  const here = spot === undefined ? undefined : contents(standingAt(spot.id)).at(-1)
  if (here === undefined) return part
  const candidates = part.candidates.map((one) => ({ ...one, logLikelihood: likelihoodOf(one, here, part) }))
  return { ...part, candidates, isStrange: false, instead: here }
}

function likelihoodOf({ items, origin, logLikelihood, logPlace }: Candidate, here: Standing, part: Part): number {
  if (!isSaid(items, origin, here)) return logLikelihood + Math.log(1 - standing.taken)
  if (here.sdGrams === 0) return logLikelihood - logPlace + Math.log(standing.taken)
  return Math.log(standing.taken * normalDensity(part.grams - here.grams, Math.hypot(here.sdGrams, part.sdGrams)))
}

function isSaid(items: Candidate['items'], origin: Candidate['origin'], here: Standing): boolean {
  return items.every(({ sku }) => sku === here.sku) && here.sdGrams > 0 === (origin === 'wrong-mass')
}

/** How it may have come about that a candidate was taken here: laid there alone, or there it stands. */
export function supposed({ spots, homes, products }: Catalogue, part: Part, candidate: Candidate): Supposed[] {
  const spot = spots.get(part.cell)
  const [item] = candidate.items
  if (part.instead !== undefined && spot !== undefined) return planned(part.instead, candidate, spot)
  if (!part.isStrange || spot === undefined || item === undefined || !isWorth(part, candidate)) return [asPlanned]
  const kind = thingOf(item.sku, products.get(item.sku)?.massGrams.mean ?? item.gramsEach, 0, spot)
  if (candidate.origin === 'wrong-mass') {
    const heavier = thingOf(item.sku, item.gramsEach, weighedCv * item.gramsEach, spot)
    return [alone(1 - standing.allWrong), { logPrior: Math.log(standing.allWrong), places: stands(spot, heavier) }]
  }
  const home = homes.get(item.sku)
  const usual = spot.sku === null ? undefined : products.get(spot.sku)
  if (home === undefined || usual === undefined) {
    const instead = { logPrior: Math.log(1 - standing.alone), places: stands(spot, kind) }
    return [alone(standing.alone), instead]
  }
  const other = stands(home, thingOf(usual.sku, usual.massGrams.mean, 0, home))
  return [
    alone(standing.alone),
    { logPrior: Math.log(standing.instead), places: stands(spot, kind) },
    { logPrior: Math.log(standing.exchanged), places: { ...stands(spot, kind), ...other } },
  ]
}

/** Somebody may have put right what was wrong. */
function planned(instead: Standing, { items, origin }: Candidate, { id }: Spot): Supposed[] {
  if (origin !== 'here' || isSaid(items, origin, instead)) return [asPlanned]
  return [alone(standing.alone), { logPrior: Math.log(1 - standing.alone), places: { [standingAt(id)]: [] } }]
}

const asPlanned: Supposed = { logPrior: 0, places: {} }

function alone(share: number): Supposed {
  return { logPrior: Math.log(share), places: {} }
}

/** In place of whatever stood there. */
function stands({ id }: Spot, thing: Standing): Supposed['places'] {
  return { [standingAt(id)]: [thing] }
}

function thingOf(sku: string, grams: number, sdGrams: number, { id }: Spot): Standing {
  return { sku, grams, sdGrams, cell: id }
}

function isWorth({ candidates }: Part, { origin, logLikelihood }: Candidate): boolean {
  const best = candidates.find((other) => other.origin !== 'here')?.logLikelihood ?? 0
  return origin !== 'here' && logLikelihood >= best - worstLogRatio
}

/** Every sensible explanation of a change on a shelf, given what one hypothesis says about carts and misplaced things. */
import type { CellDelta, Reach } from '../observations.ts'
import type { Catalogue } from './catalogue.ts'
import { type Act, cartOf, lyingOn, type PlaceKey, type Thing } from './hypothesis.ts'
import {
  massDensity,
  massRangeGrams,
  mostAtOnce,
  nobodyLogOdds,
  nothingPrior,
  placePrior,
  putPrior,
  quantityPrior,
  sameThingDensity,
} from './likelihood.ts'

/** One way in which a change came about: what was done, what then lies where, and how likely that is. */
export interface Explanation {
  readonly acts: readonly Act[]
  readonly places: Readonly<Record<PlaceKey, readonly Thing[]>>
  readonly logLikelihood: number
}

/** Somebody who may have done it. */
export interface Actor {
  /** Null: nobody who was seen. */
  readonly shopper: string | null
  readonly staff: boolean
  readonly logOdds: number
}

/** A piece of a change that one explanation attributes to one act. */
interface Part {
  readonly cells: readonly string[]
  /** The plate that felt most of it. */
  readonly cell: string
  readonly grams: number
  readonly sdGrams: number
  readonly falls: boolean
}

/** Explanations that are worse than the best of their hypothesis by a factor of e^12 are not worth their memory. */
const worstLogRatio = 12
const mostExplanations = 48
const mostPartings = 6
/** Two things taken at the very same time from plates side by side (S). */
const splitPrior = 0.04

/** Further than five times the widest package spread and the worst scale no density is worth computing. */
const farShare = 0.3
const farGrams = 40

export type Contents = (place: PlaceKey) => readonly Thing[]

export function actorsOf(reach: readonly Reach[], staff: (shopper: string) => boolean): Actor[] {
  const seen = reach.map(({ shopper, logOdds }) => ({ shopper, logOdds, staff: staff(shopper) }))
  return [...seen, { shopper: null, logOdds: nobodyLogOdds, staff: false }]
}

/** The explanations of a change, best first. */
export function explain(
  catalogue: Catalogue,
  cells: readonly CellDelta[],
  actors: readonly Actor[],
  contents: Contents,
): Explanation[] {
  const all = partings(catalogue, cells).flatMap(({ parts, logPrior }) =>
    explainParts(catalogue, parts, actors, contents).map((explanation) => ({
      ...explanation,
      logLikelihood: explanation.logLikelihood + logPrior,
    })),
  )
  return best(all)
}

function explainParts(
  catalogue: Catalogue,
  parts: readonly Part[],
  actors: readonly Actor[],
  contents: Contents,
): Explanation[] {
  let partial: Explanation[] = [{ acts: [], places: {}, logLikelihood: 0 }]
  for (const part of parts) {
    const candidates = part.falls ? pickCandidates(catalogue, part) : []
    partial = best(
      partial.flatMap((before) => {
        const now: Contents = (place) => before.places[place] ?? contents(place)
        return explainPart(catalogue, part, actors, now, candidates).map(({ acts, places, logLikelihood }) => ({
          acts: [...before.acts, ...acts],
          places: { ...before.places, ...places },
          logLikelihood: before.logLikelihood + logLikelihood,
        }))
      }),
    )
  }
  return partial
}

function best(explanations: readonly Explanation[]): Explanation[] {
  const sorted = [...explanations].sort((a, b) => b.logLikelihood - a.logLikelihood)
  const least = (sorted[0]?.logLikelihood ?? 0) - worstLogRatio
  return sorted.slice(0, mostExplanations).filter(({ logLikelihood }) => logLikelihood >= least)
}

/** A change may be one act or several side by side: falls before rises, as a thing is taken before it is put. */
function partings(catalogue: Catalogue, cells: readonly CellDelta[]): { parts: Part[]; logPrior: number }[] {
  let all: { parts: Part[]; logPrior: number }[] = [{ parts: [], logPrior: 0 }]
  const runs = contiguous(catalogue, cells).sort((a, b) => (a[0]?.deltaGrams ?? 0) - (b[0]?.deltaGrams ?? 0))
  for (const run of runs) {
    const cuts = [{ groups: [run], logPrior: 0 }]
    for (let i = 1; i < run.length; i++)
      cuts.push({ groups: [run.slice(0, i), run.slice(i)], logPrior: Math.log(splitPrior) })
    all = all
      .flatMap(({ parts, logPrior }) =>
        cuts.map((cut) => ({ parts: [...parts, ...cut.groups.map(toPart)], logPrior: logPrior + cut.logPrior })),
      )
      .sort((a, b) => b.logPrior - a.logPrior)
      .slice(0, mostPartings)
  }
  return all
}

/** Runs of plates side by side that changed the same way: a package cannot bridge a plate that felt nothing. */
function contiguous(catalogue: Catalogue, cells: readonly CellDelta[]): CellDelta[][] {
  const runs: CellDelta[][] = []
  for (const cell of cells) {
    const run = runs.at(-1)
    const previous = run?.at(-1)
    const follows =
      previous !== undefined &&
      (catalogue.indexOf.get(cell.cell) ?? 0) - (catalogue.indexOf.get(previous.cell) ?? 0) === 1 &&
      previous.deltaGrams < 0 === cell.deltaGrams < 0
    if (run !== undefined && follows) run.push(cell)
    else runs.push([cell])
  }
  return runs
}

function toPart(cells: readonly CellDelta[]): Part {
  const main = cells.reduce((a, b) => (Math.abs(b.deltaGrams) > Math.abs(a.deltaGrams) ? b : a))
  const sum = cells.reduce((total, { deltaGrams }) => total + deltaGrams, 0)
  return {
    cells: cells.map(({ cell }) => cell),
    cell: main.cell,
    grams: Math.abs(sum),
    sdGrams: Math.hypot(...cells.map(({ sdGrams }) => sdGrams)),
    falls: sum < 0,
  }
}

function explainPart(
  catalogue: Catalogue,
  part: Part,
  actors: readonly Actor[],
  contents: Contents,
  candidates: readonly PickCandidate[],
): Explanation[] {
  const nothing = { acts: [], places: {}, logLikelihood: Math.log(nothingPrior / massRangeGrams) }
  const byActor = actors.flatMap((actor) => {
    const explanations = part.falls
      ? [...picks(part, actor, contents, candidates), ...takenBack(part, actor, contents)]
      : puts(catalogue, part, actor, contents)
    return explanations.map((explanation) => ({
      ...explanation,
      logLikelihood: explanation.logLikelihood + actor.logOdds,
    }))
  })
  return [nothing, ...byActor]
}

/** What the weight says may have come from a place, whoever took it. */
interface PickCandidate {
  readonly items: readonly { readonly sku: string; readonly quantity: number; readonly gramsEach: number }[]
  readonly logLikelihood: number
}

function pickCandidates(catalogue: Catalogue, part: Part): PickCandidate[] {
  const here = [...new Set(part.cells.flatMap((cell) => catalogue.facings.get(cell) ?? []))]
  const nearby = (catalogue.nearby.get(part.cell) ?? []).filter((sku) => !here.includes(sku))
  const anywhere = placePrior.anywhere / Math.max(1, catalogue.byMass.length)
  const total = here.length * placePrior.here + nearby.length * placePrior.nearby + placePrior.anywhere
  const candidates: PickCandidate[] = []
  const add = (items: PickCandidate['items'], likelihood: number) => {
    if (likelihood > 1e-12) candidates.push({ items, logLikelihood: Math.log(likelihood / total) })
  }
  for (const product of catalogue.byMass) {
    const { sku, massGrams } = product
    const prior = here.includes(sku) ? placePrior.here : nearby.includes(sku) ? placePrior.nearby : anywhere
    const least = Math.max(1, Math.floor(part.grams / massGrams.mean - 1))
    const most = Math.min(mostAtOnce, Math.ceil(part.grams / massGrams.mean + 1))
    for (let quantity = least; quantity <= most; quantity++) {
      const expected = quantity * massGrams.mean
      if (Math.abs(part.grams - expected) > farShare * expected + farGrams) continue
      const likelihood = prior * quantityPrior(quantity) * massDensity(product, quantity, part.grams, part.sdGrams)
      add([{ sku, quantity, gramsEach: part.grams / quantity }], likelihood)
    }
  }
  for (const sku of here) add([{ sku, quantity: 1, gramsEach: part.grams }], placePrior.wrongMass / massRangeGrams)
  for (const pair of pairs(here)) addPair(catalogue, part, pair, add)
  return candidates.sort((a, b) => b.logLikelihood - a.logLikelihood).slice(0, 16)
}

function addPair(
  catalogue: Catalogue,
  part: Part,
  [a, b]: readonly [string, string],
  add: (items: PickCandidate['items'], likelihood: number) => void,
): void {
  const [first, second] = [catalogue.products.get(a), catalogue.products.get(b)]
  if (first === undefined || second === undefined) return
  const mean = first.massGrams.mean + second.massGrams.mean
  const sds = [first.massGrams.sd, second.massGrams.sd]
  const sd = sds.includes(null) ? null : Math.hypot(...sds.map((value) => value ?? 0))
  const together = { ...first, massGrams: { mean, sd } }
  const share = part.grams / mean
  const items = [first, second].map(({ sku, massGrams }) => ({ sku, quantity: 1, gramsEach: massGrams.mean * share }))
  add(items, placePrior.pair * massDensity(together, 1, part.grams, part.sdGrams))
}

function pairs<T>(list: readonly T[]): [T, T][] {
  return list.flatMap((a, i) => list.slice(i + 1).map((b): [T, T] => [a, b]))
}

function picks(part: Part, actor: Actor, contents: Contents, candidates: readonly PickCandidate[]): Explanation[] {
  return candidates.map(({ items, logLikelihood }) => {
    const acts = items.map(
      ({ sku, quantity }): Act => ({ kind: 'pick', sku, quantity, cells: part.cells, shopper: actor.shopper }),
    )
    if (actor.shopper === null) return { acts, places: {}, logLikelihood }
    const things = items.flatMap(({ sku, quantity, gramsEach }) =>
      Array.from({ length: quantity }, () => thing(sku, gramsEach, part, quantity)),
    )
    const cart = cartOf(actor.shopper)
    return { acts, places: { [cart]: [...contents(cart), ...things] }, logLikelihood }
  })
}

/** One of several weighed together is known only to the spread between them. */
function thing(sku: string | null, grams: number, part: Part, quantity: number): Thing {
  const sdGrams = quantity === 1 ? part.sdGrams : Math.hypot(part.sdGrams / quantity, 0.02 * grams)
  return { sku, grams: round(grams), sdGrams: round(sdGrams), cell: part.cell }
}

function round(grams: number): number {
  return Math.round(grams * 100) / 100
}

/** What lies here out of its place is known by its own weight. */
function takenBack(part: Part, actor: Actor, contents: Contents): Explanation[] {
  return part.cells.flatMap((cell) => {
    const place = lyingOn(cell)
    return contents(place).flatMap((lying, i, all) => {
      const density = sameThingDensity(lying.grams, lying.sdGrams, part.grams, part.sdGrams, lying.cell === part.cell)
      const likelihood = placePrior.lying * density
      if (likelihood < 1e-12) return []
      const acts: Act[] =
        lying.sku === null
          ? []
          : [{ kind: 'pick', sku: lying.sku, quantity: 1, cells: part.cells, shopper: actor.shopper }]
      const places: Record<PlaceKey, readonly Thing[]> = { [place]: all.filter((_, other) => other !== i) }
      if (lying.sku !== null && actor.shopper !== null) {
        const cart = cartOf(actor.shopper)
        places[cart] = [...contents(cart), thing(lying.sku, part.grams, part, 1)]
      }
      return [{ acts, places, logLikelihood: Math.log(likelihood) }]
    })
  })
}

function puts(catalogue: Catalogue, part: Part, actor: Actor, contents: Contents): Explanation[] {
  const foreign: Explanation = {
    acts: [],
    places: put(catalogue, part, contents, [thing(null, part.grams, part, 1)]),
    logLikelihood: Math.log(putPrior.foreign / massRangeGrams),
  }
  return [foreign, ...ownPuts(catalogue, part, actor, contents), ...restocks(catalogue, part, actor, contents)]
}

function ownPuts(catalogue: Catalogue, part: Part, actor: Actor, contents: Contents): Explanation[] {
  if (actor.shopper === null) return []
  const cart = cartOf(actor.shopper)
  const held = contents(cart)
  const several = pairs(held.map((_, i) => i))
  const explanations: Explanation[] = []
  const add = (indexes: readonly number[], prior: number) => {
    const things = indexes.flatMap((i) => held[i] ?? [])
    const grams = things.reduce((sum, one) => sum + one.grams, 0)
    const sdGrams = Math.hypot(...things.map((one) => one.sdGrams))
    const samePlate = things.every(({ cell }) => cell === part.cell)
    const likelihood = prior * sameThingDensity(grams, sdGrams, part.grams, part.sdGrams, samePlate)
    if (likelihood < 1e-12) return
    const laid = things.map((one) => ({ ...one, cell: part.cell }))
    const rest = held.filter((_, i) => !indexes.includes(i))
    explanations.push({
      acts: things.map(({ sku }) => ({ kind: 'put', sku, quantity: 1, cells: part.cells, shopper: actor.shopper })),
      places: { ...put(catalogue, part, contents, laid), [cart]: rest },
      logLikelihood: Math.log(likelihood),
    })
  }
  for (const i of held.keys()) add([i], putPrior.own / held.length)
  for (const pair of several) add(pair, putPrior.ownSeveral / several.length)
  return explanations
}

/** Merchandise that comes from outside: staff fill shelves, and now and then a pick was missed before. */
function restocks(catalogue: Catalogue, part: Part, actor: Actor, contents: Contents): Explanation[] {
  const logPrior = Math.log(actor.staff ? putPrior.restock : putPrior.unseenPick)
  return pickCandidates(catalogue, part).map(({ items, logLikelihood }) => {
    const things = items.flatMap(({ sku, quantity, gramsEach }) =>
      Array.from({ length: quantity }, () => thing(sku, gramsEach, part, quantity)),
    )
    const acts = items.map(
      ({ sku, quantity }): Act => ({ kind: 'put', sku, quantity, cells: part.cells, shopper: actor.shopper }),
    )
    return { acts, places: put(catalogue, part, contents, things), logLikelihood: logPrior + logLikelihood }
  })
}

/** Things in their own facing are stock again; others are remembered where they lie. */
function put(catalogue: Catalogue, part: Part, contents: Contents, things: readonly Thing[]) {
  const here = part.cells.flatMap((cell) => catalogue.facings.get(cell) ?? [])
  const misplaced = things.filter(({ sku }) => sku === null || !here.includes(sku))
  if (misplaced.length === 0) return {}
  const place = lyingOn(part.cell)
  return { [place]: [...contents(place), ...misplaced].slice(-mostLying) }
}

/** A plate of 10 x 40 cm holds no more than this many things out of place that anybody could tell apart. */
const mostLying = 12

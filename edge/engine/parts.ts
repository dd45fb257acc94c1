/** How a change on a shelf may fall into acts, and what the weight alone says about each: the same under every hypothesis. */
import type { CellDelta } from '../observations.ts'
import type { Catalogue } from './catalogue.ts'
import type { Learned } from './learned.ts'
import { leanLogDensity, massDensity, mostAtOnce, placePrior, quantityPrior, wrongMassDensity } from './likelihood.ts'
import { actsOf, type Delta, type Lean, type Reading, readingsOf } from './readings.ts'

/** A piece of a change that is attributed to one act. */
export interface Part {
  readonly cells: readonly string[]
  /** How much of it each of them felt, as a share of all. */
  readonly felt: readonly number[]
  /** The plate that felt most of it, and its place among the cells of the change. */
  readonly cell: string
  readonly index: number
  /** Of what was a hand only: when it went. Whose it was is all that there is to say of it. */
  readonly until?: number
  readonly grams: number
  readonly sdGrams: number
  readonly plates: number
  readonly falls: boolean
  /** What it led to did not last. */
  readonly passes: boolean
  /** Merchandise that it may be by weight and place, best first. */
  readonly candidates: readonly Candidate[]
}

export interface Candidate {
  readonly items: readonly { readonly sku: string; readonly quantity: number; readonly gramsEach: number }[]
  readonly logLikelihood: number
}

/** One way to cut a change into parts. */
export interface Parting {
  readonly parts: readonly Part[]
  readonly logPrior: number
}

const mostCandidates = 12
/** What was weighed to 25 g and worse fits dozens of SKUs: the place says more than the weight. */
const mostRoughCandidates = 4
const roughSdGrams = 25
/** Candidates worse than the best by e^10 do not matter. */
const worstLogRatio = 10
/** Two things taken in the very same moment from plates side by side (S). */
const splitPrior = 0.02
/** Two things when plates changed so long after each other: a package that slides takes that long too (S). */
const laterPrior = 0.3
const laterMs = 300
const mostMoments = 6
/** Shares of less than a plate resolves are all alike. */
const leastSpreadGrams = 20
/** Further than five times the widest package spread and the worst scale no density is worth computing. */
const farShare = 0.3
const farGrams = 40

/** Every way to read what the plates went through, each with every way to cut it into acts. */
export function partings(catalogue: Catalogue, learned: Learned, cells: readonly CellDelta[]): Parting[] {
  const known = { catalogue, learned }
  return readingsOf(cells).flatMap((reading) => {
    const { deltas, leans, logStill, logTwins, plain } = reading
    const apart = mayBeOneAct(reading) ? [] : actByAct(known, reading)
    // However many hands there were, there is a way to explain it.
    const ways = apart.length === 0 && plain ? cutsIn(known, deltas) : apart
    const hands = leans.map(handPart)
    return ways.map((way) => ({ parts: [...way.parts, ...hands], logPrior: way.logPrior + logStill + logTwins }))
  })
}

/** What only hands were is left out, and the rest went the same way on plates side by side. */
function mayBeOneAct({ row, deltas, leans, plain }: Reading): boolean {
  if (leans.length === 0 || !plain) return plain
  const isOneWay = deltas.every(({ deltaGrams }) => deltaGrams > 0 === (deltas[0]?.deltaGrams ?? 0) > 0)
  return isOneWay && new Set(deltas.map(({ cell }) => cell)).size === row.length
}

/** Somebody's hand, which has left nothing. */
function handPart(lean: Lean): Part {
  const { cells, from, to, pressedGrams, boreGrams } = lean
  const felt = cells.map(() => 1 / cells.length)
  const grams = pressedGrams + boreGrams
  const shares = (cells.length - 1) * Math.log(Math.max(leastSpreadGrams, grams))
  const weighed = {
    cells,
    felt,
    cell: cells[0] ?? '',
    grams,
    sdGrams: 0,
    plates: cells.length,
    falls: false,
    passes: true,
  }
  const candidates = [{ items: [], logLikelihood: leanLogDensity(lean) - shares }]
  return { ...weighed, index: from, until: to, candidates }
}

/** What several hands did, one after the other or at the same time. */
function actByAct(known: Known, reading: Reading): Parting[] {
  const { deltas } = reading
  return actsOf(reading).flatMap(({ acts, cuts }) => {
    if (acts.length > mostMoments) return []
    const later = Math.max(0, acts.length - 1 - cuts)
    const logPrior = cuts * Math.log(splitPrior) + later * Math.log(laterPrior)
    const shares = acts.reduce((sum, act) => sum + chanceOfShares(deltas, act), 0)
    return [{ parts: acts.map((act) => toPart(known, deltas, act)), logPrior: logPrior + shares }]
  })
}

/** The plates of a change lie side by side: one act, or two with a cut between two plates or two instants. */
function cutsIn(known: Known, cells: readonly Delta[]): Parting[] {
  const all = cells.map((_, i) => i)
  const whole = { parts: [toPart(known, cells, all)], logPrior: chanceOfShares(cells, all) }
  const cuts = cutsOf(cells).map(({ prior, isFirst }) => {
    const sides = [all.filter(isFirst), all.filter((i) => !isFirst(i))]
    return {
      parts: sides.map((side) => toPart(known, cells, side)),
      logPrior: sides.reduce((sum, side) => sum + chanceOfShares(cells, side), Math.log(prior)),
    }
  })
  return [whole, ...cuts, ...momentByMoment(known, cells)]
}

/** Three instants and more, each with an act of its own. */
function momentByMoment(known: Known, cells: readonly Delta[]): Parting[] {
  const moments: number[][] = []
  const inOrder = cells.map(({ ts }, i) => ({ ts, i })).sort((a, b) => a.ts - b.ts || a.i - b.i)
  inOrder.forEach(({ ts, i }, n) => {
    if (n === 0 || ts - (inOrder[n - 1]?.ts ?? ts) >= laterMs) moments.push([i])
    else moments.at(-1)?.push(i)
  })
  if (moments.length < 3 || moments.length > mostMoments) return []
  const parts = moments.map((indexes) =>
    toPart(
      known,
      cells,
      indexes.sort((a, b) => a - b),
    ),
  )
  const logPrior = (moments.length - 1) * Math.log(laterPrior)
  return [{ parts, logPrior: moments.reduce((sum, indexes) => sum + chanceOfShares(cells, indexes), logPrior) }]
}

/**
 * One act may fall on its plates and instants in any shares: log density, per gram, of the ones that were seen. Without it
 * an act that explains two readings by their sum would be compared with two acts that explain each.
 */
function chanceOfShares(cells: readonly CellDelta[], indexes: readonly number[]): number {
  const grams = indexes.reduce((sum, i) => sum + Math.abs(cells[i]?.deltaGrams ?? 0), 0)
  return -(indexes.length - 1) * Math.log(Math.max(leastSpreadGrams, grams))
}

interface Cut {
  readonly prior: number
  readonly isFirst: (index: number) => boolean
}

function cutsOf(cells: readonly CellDelta[]): Cut[] {
  const inPlace = cells.slice(1).map((_, i): Cut => ({ prior: splitPrior, isFirst: (index) => index <= i }))
  const times = cells.map(({ ts }) => ts).sort((a, b) => a - b)
  const inTime = times.slice(1).flatMap((ts, i): Cut[] => {
    const earlier = times[i] ?? ts
    return ts - earlier < laterMs
      ? []
      : [{ prior: laterPrior, isFirst: (index) => (cells[index]?.ts ?? ts) <= earlier }]
  })
  const sides = ({ isFirst }: Cut) => cells.map((_, index) => isFirst(index)).join()
  const later = inTime.map(sides)
  return [...inTime, ...inPlace.filter((cut) => !later.includes(sides(cut)) && !later.includes(sides(turned(cut))))]
}

function turned({ prior, isFirst }: Cut): Cut {
  return { prior, isFirst: (index) => !isFirst(index) }
}

interface Known {
  readonly catalogue: Catalogue
  readonly learned: Learned
}

/** `indexes`: which of the cells. */
function toPart(known: Known, all: readonly Delta[], indexes: readonly number[]): Part {
  const cells = indexes.flatMap((i) => all[i] ?? [])
  const main = cells.reduce((a, b) => (Math.abs(b.deltaGrams) > Math.abs(a.deltaGrams) ? b : a))
  const sum = cells.reduce((total, { deltaGrams }) => total + deltaGrams, 0)
  const absolute = cells.reduce((total, { deltaGrams }) => total + Math.abs(deltaGrams), 0)
  const names = [...new Set(cells.map(({ cell }) => cell))]
  const weighed = {
    cells: names,
    felt: names.map((name) =>
      cells.reduce(
        (share, { cell, deltaGrams }) => (cell === name ? share + Math.abs(deltaGrams) / absolute : share),
        0,
      ),
    ),
    cell: main.cell,
    index: main.index,
    grams: Math.abs(sum),
    sdGrams: Math.hypot(...cells.map(({ sdGrams }) => sdGrams)),
    plates: names.length,
    falls: sum < 0,
    passes: cells.some(({ heldMs }) => heldMs !== undefined),
  }
  return { ...weighed, candidates: candidatesOf(known, weighed) }
}

/** For each SKU whose facing touches the part, how much of the change its own plates felt. */
function facingShares({ facings }: Catalogue, { cells, felt }: Weighed): Map<string, number> {
  const shares = new Map<string, number>()
  cells.forEach((cell, i) => {
    for (const sku of facings.get(cell) ?? []) shares.set(sku, (shares.get(sku) ?? 0) + (felt[i] ?? 0))
  })
  return shares
}

type Weighed = Omit<Part, 'candidates'>
type Add = (items: Candidate['items'], likelihood: number) => void

function candidatesOf(known: Known, part: Weighed): Candidate[] {
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
  const add: Add = (items, likelihood) => {
    if (likelihood > 1e-14) candidates.push({ items, logLikelihood: Math.log(likelihood / total) })
  }
  addSingles(known, part, weights, { nearby, unlisted }, add)
  for (const sku of here) {
    const product = catalogue.products.get(sku)
    const density = product === undefined ? 0 : wrongMassDensity(product, part.grams)
    add([{ sku, quantity: 1, gramsEach: part.grams }], (weights.get(sku) ?? 0) * placePrior.wrongMass * density)
  }
  for (const pair of pairs(here)) addPair(known, part, pair, add)
  candidates.sort((a, b) => b.logLikelihood - a.logLikelihood)
  const least = (candidates[0]?.logLikelihood ?? 0) - worstLogRatio
  const most = part.sdGrams > roughSdGrams ? mostRoughCandidates : mostCandidates
  return candidates.slice(0, most).filter(({ logLikelihood }) => logLikelihood >= least)
}

function addSingles(
  { catalogue, learned }: Known,
  { grams, sdGrams, plates, cells }: Weighed,
  weights: ReadonlyMap<string, number>,
  elsewhere: { readonly nearby: readonly string[]; readonly unlisted: number },
  add: Add,
): void {
  const anywhere = placePrior.anywhere / Math.max(1, catalogue.byMass.length)
  const nearby = new Set(elsewhere.nearby)
  const taken = cells.map((cell) => learned.places[cell] ?? {})
  const beside = placePrior.nearby / Math.max(1, nearby.size)
  for (const product of catalogue.byMass) {
    const { sku, massGrams } = product
    const before = taken.reduce((most, times) => Math.max(most, times[sku] ?? 0), 0)
    const other = catalogue.unlisted.has(sku) ? anywhere + elsewhere.unlisted : nearby.has(sku) ? beside : anywhere
    const usual = weights.get(sku) ?? other
    const prior = Math.max(usual, placePrior.learned(before))
    const least = Math.max(1, Math.floor(grams / massGrams.mean - 1))
    const most = Math.min(mostAtOnce, Math.ceil(grams / massGrams.mean + 1))
    for (let quantity = least; quantity <= most; quantity++) {
      const expected = quantity * massGrams.mean
      if (Math.abs(grams - expected) > farShare * expected + farGrams) continue
      const likelihood =
        prior *
        quantityPrior(quantity) *
        massDensity(product, learned.masses[sku], quantity, { grams, sdGrams, plates })
      add([{ sku, quantity, gramsEach: grams / quantity }], likelihood)
    }
  }
}

function addPair(
  { catalogue }: Known,
  { grams, sdGrams, plates }: Weighed,
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
  add(items, placePrior.pair * massDensity(together, undefined, 1, { grams, sdGrams, plates }))
}

export function pairs<T>(list: readonly T[]): [T, T][] {
  return list.flatMap((a, i) => list.slice(i + 1).map((b): [T, T] => [a, b]))
}

/** How a change on a shelf may fall into acts, and what the weight alone says about each: the same under every hypothesis. */
import type { CellDelta } from '../observations.ts'
import { type Candidate, candidatesOf, type Felt, isStrange } from './candidates.ts'
import type { Catalogue } from './catalogue.ts'
import type { Thing } from './hypothesis.ts'
import type { Learned } from './learned.ts'
import { leanLogDensity } from './likelihood.ts'
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
  readonly besideGrams: number
  readonly plates: number
  readonly falls: boolean
  /** What it led to did not last. */
  readonly passes: boolean
  /** Merchandise that it may be by weight and place, best first. */
  readonly candidates: readonly Candidate[]
  /** It is rather not what the planogram has there. */
  readonly isStrange: boolean
  /** What stands there instead of what the planogram says, as far as is known. */
  readonly instead?: Thing
}

/** One way to cut a change into parts. */
export interface Parting {
  readonly parts: readonly Part[]
  readonly logPrior: number
}

/** Two things taken in the very same moment from plates side by side (S). */
const splitPrior = 0.02
/** Two things when plates changed so long after each other: a package that slides takes that long too (S). */
const laterPrior = 0.3
const laterMs = 300
const mostMoments = 6
/** Shares of less than a plate resolves are all alike. */
const leastSpreadGrams = 20

/** Every way to read what the plates went through, each with every way to cut it into acts. */
export function partings(weigh: Weigh, cells: readonly CellDelta[]): Parting[] {
  return readingsOf(cells).flatMap((reading) => {
    const { deltas, leans, logStill, logTwins, plain } = reading
    const apart = mayBeOneAct(reading) ? [] : actByAct(weigh, reading)
    // However many hands there were, there is a way to explain it.
    const ways = apart.length === 0 && plain ? cutsIn(weigh, deltas) : apart
    const hands = leans.map(handPart)
    return ways.map((way) => ({ parts: [...way.parts, ...hands], logPrior: way.logPrior + logStill + logTwins }))
  })
}

/** Merchandise that may be what plates felt, best first. */
export type Weigh = (felt: Felt) => readonly Candidate[]

/** For one change: the same pieces come back in many ways to cut it. */
export function weighing(catalogue: Catalogue, learned: Learned): Weigh {
  const known = new Map<string, readonly Candidate[]>()
  return (felt) => {
    const { cells, felt: shares, cell, grams, sdGrams, besideGrams } = felt
    const key = [...cells, ...shares, cell, grams, sdGrams, besideGrams].join()
    const candidates = known.get(key) ?? candidatesOf({ catalogue, learned }, felt)
    known.set(key, candidates)
    return candidates
  }
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
    besideGrams: 0,
    plates: cells.length,
    falls: false,
    passes: true,
  }
  const logLikelihood = leanLogDensity(lean) - shares
  const candidates: Candidate[] = [{ items: [], logLikelihood, origin: 'here', logPlace: 0 }]
  return { ...weighed, index: from, until: to, candidates, isStrange: false }
}

/** What several hands did, one after the other or at the same time. */
function actByAct(weigh: Weigh, reading: Reading): Parting[] {
  const { deltas } = reading
  return actsOf(reading).flatMap(({ acts, cuts }) => {
    if (acts.length > mostMoments) return []
    const later = Math.max(0, acts.length - 1 - cuts)
    const logPrior = cuts * Math.log(splitPrior) + later * Math.log(laterPrior)
    const shares = acts.reduce((sum, act) => sum + chanceOfShares(deltas, act), 0)
    return [{ parts: acts.map((act) => toPart(weigh, deltas, act)), logPrior: logPrior + shares }]
  })
}

/** The plates of a change lie side by side: one act, or two with a cut between two plates or two instants. */
function cutsIn(weigh: Weigh, cells: readonly Delta[]): Parting[] {
  // Nothing is left but what hands were.
  if (cells.length === 0) return [{ parts: [], logPrior: 0 }]
  const all = cells.map((_, i) => i)
  const whole = { parts: [toPart(weigh, cells, all)], logPrior: chanceOfShares(cells, all) }
  const cuts = cutsOf(cells).map(({ prior, isFirst }) => {
    const sides = [all.filter(isFirst), all.filter((i) => !isFirst(i))]
    return {
      parts: sides.map((side) => toPart(weigh, cells, side)),
      logPrior: sides.reduce((sum, side) => sum + chanceOfShares(cells, side), Math.log(prior)),
    }
  })
  return [whole, ...cuts, ...momentByMoment(weigh, cells)]
}

/** Three instants and more, each with an act of its own. */
function momentByMoment(weigh: Weigh, cells: readonly Delta[]): Parting[] {
  const moments: number[][] = []
  const inOrder = cells.map(({ ts }, i) => ({ ts, i })).sort((a, b) => a.ts - b.ts || a.i - b.i)
  inOrder.forEach(({ ts, i }, n) => {
    if (n === 0 || ts - (inOrder[n - 1]?.ts ?? ts) >= laterMs) moments.push([i])
    else moments.at(-1)?.push(i)
  })
  if (moments.length < 3 || moments.length > mostMoments) return []
  const parts = moments.map((indexes) =>
    toPart(
      weigh,
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

/** `indexes`: which of the cells. */
function toPart(weigh: Weigh, all: readonly Delta[], indexes: readonly number[]): Part {
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
    besideGrams: Math.abs(cells.reduce((total, { besideGrams = 0 }) => total + besideGrams, 0)),
    plates: names.length,
    falls: sum < 0,
    passes: cells.some(({ heldMs }) => heldMs !== undefined),
  }
  const candidates = weigh(weighed)
  return { ...weighed, candidates, isStrange: isStrange(candidates) }
}

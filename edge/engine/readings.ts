/**
 * What the levels through which plates went may have been: things that came and went, or hands that leaned on them.
 *
 * Where several people had a hand, sensing tells all that a plate went through. Each turn on that way is a hand, which
 * leaves nothing, or something was really set down or lifted there and the next thing followed.
 */
import type { CellDelta } from '../observations.ts'
import { normalDensity } from './likelihood.ts'

/** A change of one plate; `index`: of the cell of the observation that says who had a hand there. */
export interface Delta extends CellDelta {
  readonly index: number
}

/** What was a hand only. */
export interface Lean {
  /** Plates that it leaned on at the same time. */
  readonly cells: readonly string[]
  /** Of the changes with which it came and went, on the first of them. */
  readonly from: number
  readonly to: number
  /** By how much it pressed at most, and by how much it bore weight; zero: it did not. */
  readonly pressedGrams: number
  readonly boreGrams: number
  /** How long it stood still where it pressed most. */
  readonly heldMs: number
  /** Levels between, at which it happened to be. */
  readonly wobbles: number
}

export interface Reading {
  /** The plates in order along the shelf, those among them on which only hands were, too. */
  readonly row: readonly string[]
  /** In order along the shelf, those of one plate in order of time. */
  readonly deltas: readonly Delta[]
  readonly leans: readonly Lean[]
  /** Log density of what is left of plates on which only hands were, per gram. */
  readonly logStill: number
  /** Log odds of changes that belong together being of things of one kind. */
  readonly logTwins: number
  /** No turn is left. */
  readonly plain: boolean
}

/** More turns than this at different times: the smallest were hands. */
const mostTurns = 4
/** A hand that leans on two plates turns on both within this. */
const togetherMs = 300
/** What is left of a hand that has gone, next to noise, is creep. */
const stillGrams = 4
/**
 * A level of a bin or two shows the hands at work as well: each presses by some 40 g (M: 53 g), the one that sets down and
 * the one that lifts, and a bin blurs what is quicker than it (S).
 */
const roughMs = 250
const rough = { pressGrams: 50, sdGrams: 40, sdShare: 0.1 }
/** Two packages of one SKU differ by so much (M: 1.3 % each). */
const twinCv = 0.02

/** A level between two changes of one plate where the way turned. */
interface Turn {
  readonly ts: number
  readonly cell: string
  /** Of the change that led to it. */
  readonly from: number
  readonly grams: number
  readonly presses: boolean
}

export function readingsOf(cells: readonly CellDelta[]): Reading[] {
  const deltas = cells.map((cell, index) => ({ ...cell, index }))
  const row = [...new Set(cells.map(({ cell }) => cell))]
  if (cells.every(({ heldMs }) => heldMs === undefined))
    return [{ row, deltas, leans: [], logStill: 0, logTwins: 0, plain: true }]
  const turns = together(turnsOf(deltas)).sort((a, b) => weight(b) - weight(a))
  const always = turns.slice(mostTurns)
  return subsets(turns.slice(0, mostTurns)).map((some) => {
    const gone = [...always, ...some].flat().map(({ from }) => from)
    const plain = some.length + always.length === turns.length
    return { row, plain, ...without(deltas, new Set(plain ? withTurnsLeft(deltas, gone) : gone)) }
  })
}

/** Without some turns others may come to light: a hand that comes and goes by steps. */
function withTurnsLeft(deltas: readonly Delta[], gone: readonly number[]): number[] {
  const runs = runsOf(deltas, new Set(gone))
  const ends = runs.map((run) => ({ ...sumOf(run), index: run.at(-1)?.index ?? 0 }))
  const more = turnsOf(ends).map(({ from }) => from)
  return more.length === 0 ? [...gone] : withTurnsLeft(deltas, [...gone, ...more])
}

function turnsOf(deltas: readonly Delta[]): Turn[] {
  return deltas.flatMap((up, i): Turn[] => {
    const down = deltas[i + 1]
    if (down === undefined || down.cell !== up.cell || up.heldMs === undefined) return []
    if (up.deltaGrams > 0 === down.deltaGrams > 0) return []
    const grams = Math.min(Math.abs(up.deltaGrams), Math.abs(down.deltaGrams))
    return [{ ts: up.ts, cell: up.cell, from: up.index, grams, presses: up.deltaGrams > 0 }]
  })
}

/** Turns of several plates at the same time and to the same side are one hand. */
function together(turns: readonly Turn[]): Turn[][] {
  const groups: Turn[][] = []
  for (const turn of turns) {
    const group = groups.find((members) =>
      members.every(
        ({ ts, presses, cell }) =>
          presses === turn.presses && Math.abs(ts - turn.ts) < togetherMs && cell !== turn.cell,
      ),
    )
    if (group === undefined) groups.push([turn])
    else group.push(turn)
  }
  return groups
}

function weight(turns: readonly Turn[]): number {
  return turns.reduce((sum, { grams }) => sum + grams, 0)
}

function subsets<T>(list: readonly T[]): T[][] {
  let all: T[][] = [[]]
  for (const one of list) all = all.flatMap((some) => [some, [...some, one]])
  return all
}

/** Changes of one plate to and from levels that are gone are one change. */
function runsOf(deltas: readonly Delta[], gone: ReadonlySet<number>): Delta[][] {
  const runs: Delta[][] = []
  for (const delta of deltas) {
    const run = runs.at(-1)
    if (run !== undefined && gone.has(run.at(-1)?.index ?? -1)) run.push(delta)
    else runs.push([delta])
  }
  return runs
}

/** `gone`: the changes that led to levels which were a hand. */
function without(deltas: readonly Delta[], gone: ReadonlySet<number>): Omit<Reading, 'row' | 'plain'> {
  const runs = runsOf(deltas, gone)
  const sums = runs.map(sumOf)
  const still = sums.filter(isStill)
  return {
    deltas: sums.flatMap((sum, i) => (isStill(sum) ? [] : [withRough(sum, sums[i - 1], sums[i + 1])])),
    leans: leansOf(runs),
    logStill: still.reduce((sum, one) => sum + stillLogDensity(one), 0),
    logTwins: sums.reduce((sum, up, i) => sum + twinOdds(up, sums[i + 1]), 0),
  }
}

/** Its instant is that of the steepest step. */
function sumOf(run: readonly Delta[]): Delta {
  const deltaGrams = run.reduce((sum, part) => sum + part.deltaGrams, 0)
  const same = run.filter((part) => part.deltaGrams > 0 === deltaGrams > 0)
  const [first, ...others] = same.length === 0 ? run : same
  const main = others.reduce((a, b) => (stepOf(b) > stepOf(a) ? b : a), first)
  const sdGrams = Math.hypot(...run.map((part) => part.sdGrams))
  const { heldMs: _, ...rest } = main ?? { cell: '', ts: 0, index: 0 }
  const heldMs = run.at(-1)?.heldMs
  return { ...rest, deltaGrams, sdGrams, ...(heldMs === undefined ? {} : { heldMs }) }
}

function stepOf(delta: Delta | undefined): number {
  return Math.abs(delta?.stepGrams ?? delta?.deltaGrams ?? 0)
}

function isStill({ deltaGrams, sdGrams }: Delta): boolean {
  return Math.abs(deltaGrams) < Math.max(stillGrams, 3 * sdGrams)
}

/** By the logarithm: what a scale that is very unsure of itself says is far from nothing, and still as good as nothing. */
function stillLogDensity({ deltaGrams, sdGrams }: Delta): number {
  const sd = Math.hypot(stillGrams / 2, sdGrams)
  return -0.5 * (deltaGrams / sd) ** 2 - Math.log(sd * Math.sqrt(2 * Math.PI))
}

/** Whether the plate turned between two of its changes, on a level that was too brief to be weighed. */
function isRough(up: Delta | undefined, down: Delta | undefined): boolean {
  if (up?.heldMs === undefined || up.heldMs > roughMs || down?.cell !== up.cell) return false
  return up.deltaGrams > 0 !== down.deltaGrams > 0
}

/** A change from or to such a level, less what hands pressed. */
function withRough(delta: Delta, before: Delta | undefined, after: Delta | undefined): Delta {
  const turns = [
    ...(isRough(before, delta) ? [delta.deltaGrams < 0] : []),
    ...(isRough(delta, after) ? [delta.deltaGrams > 0] : []),
  ]
  if (turns.length === 0) return delta
  const grams = Math.abs(delta.deltaGrams)
  const pressed = turns.includes(true) ? Math.min(rough.pressGrams, grams / 3) : 0
  const sdGrams = Math.hypot(delta.sdGrams, rough.sdGrams, rough.sdShare * grams)
  return { ...delta, deltaGrams: Math.sign(delta.deltaGrams) * (grams - pressed), sdGrams }
}

/**
 * A level too brief to be weighed is in both of its changes, and what they leave is known to the gram: log of how much
 * better that fits a thing and another of its kind than two that have nothing to do with each other.
 */
function twinOdds(up: Delta, down: Delta | undefined): number {
  if (down === undefined || !isRough(up, down)) return 0
  const grams = Math.min(Math.abs(up.deltaGrams), Math.abs(down.deltaGrams))
  const twins = normalDensity(up.deltaGrams + down.deltaGrams, Math.hypot(up.sdGrams, down.sdGrams, twinCv * grams))
  const apart = normalDensity(0, Math.hypot(rough.sdGrams, rough.sdShare * grams))
  return Math.max(0, Math.log(twins / apart))
}

/** A hand on each plate where changes were taken for one; what came to two plates at the same time is one hand. */
function leansOf(runs: readonly (readonly Delta[])[]): Lean[] {
  const leans: { readonly ts: number; lean: Lean }[] = []
  for (const run of runs) {
    const [first] = run
    if (first === undefined || run.length === 1) continue
    const lean = leanOf(run)
    const same = leans.find(
      (other) => Math.abs(other.ts - first.ts) < togetherMs && !other.lean.cells.includes(first.cell),
    )
    if (same === undefined) leans.push({ ts: first.ts, lean })
    else same.lean = bothOf(same.lean, lean)
  }
  return leans.map(({ lean }) => lean)
}

function leanOf(run: readonly Delta[]): Lean {
  let grams = 0
  const levels = run.map((part) => {
    grams += part.deltaGrams
    return { grams, heldMs: part.heldMs ?? 0 }
  })
  const last = levels.pop()?.grams ?? 0
  const top = levels.reduce((a, b) => (b.grams > a.grams ? b : a), { grams: Math.max(0, last), heldMs: 0 })
  const bottom = levels.reduce((least, level) => Math.min(least, level.grams), Math.min(0, last))
  const pressedGrams = top.grams - Math.max(0, last)
  const boreGrams = Math.min(0, last) - bottom
  const extremes = Number(pressedGrams > 0) + Number(boreGrams > 0)
  return {
    cells: [run[0]?.cell ?? ''],
    from: run[0]?.index ?? 0,
    to: run.at(-1)?.index ?? 0,
    pressedGrams,
    boreGrams,
    heldMs: top.heldMs,
    wobbles: levels.length - extremes,
  }
}

function bothOf(a: Lean, b: Lean): Lean {
  return {
    ...a,
    cells: [...a.cells, ...b.cells],
    pressedGrams: a.pressedGrams + b.pressedGrams,
    boreGrams: a.boreGrams + b.boreGrams,
    wobbles: a.wobbles + b.wobbles,
  }
}

/** Two hands are rarely so near in time; one that lifts a thing off two plates is. */
const oneActMs = 300

interface Shared {
  /** The indexes of the changes of each act. */
  readonly acts: readonly (readonly number[])[]
  /** How many acts were cut between two plates that changed together. */
  readonly cuts: number
}

/** Ways to share changes among acts: what went the same way side by side at once is one, or two with a cut. */
export function actsOf({ row, deltas }: Reading): Shared[] {
  const acts = oneByOne(deltas, row)
  const cut = acts.flatMap((act, n) =>
    act.slice(1).flatMap((i, k) => {
      if (deltas[i]?.cell === deltas[act[k] ?? -1]?.cell) return []
      return [{ acts: [...acts.slice(0, n), act.slice(0, k + 1), act.slice(k + 1), ...acts.slice(n + 1)], cuts: 1 }]
    }),
  )
  return [{ acts, cuts: 0 }, ...cut]
}

function oneByOne(deltas: readonly Delta[], row: readonly string[]): number[][] {
  const acts: number[][] = []
  deltas.forEach((delta, i) => {
    const act = acts.findLast((members) => members.some((member) => goesWith(deltas[member], delta, row)))
    if (act === undefined) acts.push([i])
    else act.push(i)
  })
  const start = (act: readonly number[]) => Math.min(...act.map((i) => deltas[i]?.ts ?? 0))
  return acts.sort((a, b) => start(a) - start(b))
}

function goesWith(before: Delta | undefined, delta: Delta, row: readonly string[]): boolean {
  if (before === undefined || before.deltaGrams > 0 !== delta.deltaGrams > 0) return false
  if (Math.abs(before.ts - delta.ts) >= oneActMs) return false
  return row.indexOf(delta.cell) - row.indexOf(before.cell) === 1
}

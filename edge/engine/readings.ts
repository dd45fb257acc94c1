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

/** A level that was a hand only: plates that it turned on at the same time. */
export interface Lean {
  readonly cells: readonly string[]
  /** Of the changes that led to it and away from it, on the plate that felt it most. */
  readonly from: number
  readonly to: number
  readonly grams: number
  readonly heldMs: number
  /** It pressed; else it bore weight. */
  readonly presses: boolean
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
interface Turn extends Lean {
  readonly ts: number
}

export function readingsOf(cells: readonly CellDelta[]): Reading[] {
  const deltas = cells.map((cell, index) => ({ ...cell, index }))
  const row = [...new Set(cells.map(({ cell }) => cell))]
  if (cells.every(({ heldMs }) => heldMs === undefined))
    return [{ row, deltas, leans: [], logStill: 0, logTwins: 0, plain: true }]
  const turns = together(turnsOf(deltas)).sort((a, b) => weight(b) - weight(a))
  const always = turns.slice(mostTurns)
  return subsets(turns.slice(0, mostTurns)).map((some) => {
    return { row, plain: some.length + always.length === turns.length, ...withoutTurns(deltas, [...always, ...some]) }
  })
}

function turnsOf(deltas: readonly Delta[]): Turn[] {
  return deltas.flatMap((up, i): Turn[] => {
    const down = deltas[i + 1]
    if (down === undefined || down.cell !== up.cell || up.heldMs === undefined) return []
    if (up.deltaGrams > 0 === down.deltaGrams > 0) return []
    const grams = Math.min(Math.abs(up.deltaGrams), Math.abs(down.deltaGrams))
    const { ts, heldMs, cell } = up
    return [{ ts, cells: [cell], from: up.index, to: down.index, grams, heldMs, presses: up.deltaGrams > 0 }]
  })
}

/** Turns of several plates at the same time and to the same side are one hand. */
function together(turns: readonly Turn[]): Turn[][] {
  const groups: Turn[][] = []
  for (const turn of turns) {
    const group = groups.find((members) =>
      members.every(
        ({ ts, presses, cells }) =>
          presses === turn.presses && Math.abs(ts - turn.ts) < togetherMs && cells[0] !== turn.cells[0],
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

/** Without the levels of some turns: the changes to and from them are one. */
function withoutTurns(deltas: readonly Delta[], turns: readonly (readonly Turn[])[]): Omit<Reading, 'row' | 'plain'> {
  const gone = new Set(turns.flat().map(({ from }) => from))
  const runs: Delta[][] = []
  for (const delta of deltas) {
    const run = runs.at(-1)
    if (run !== undefined && gone.has(run.at(-1)?.index ?? -1)) run.push(delta)
    else runs.push([delta])
  }
  const sums = runs.map(sumOf)
  const still = sums.filter(isStill)
  return {
    deltas: sums.flatMap((sum, i) => (isStill(sum) ? [] : [withRough(sum, sums[i - 1], sums[i + 1])])),
    leans: turns.map(leanOf),
    logStill: still.reduce((sum, { deltaGrams }) => sum + Math.log(normalDensity(deltaGrams, stillGrams / 2)), 0),
    logTwins: sums.reduce((sum, up, i) => sum + twinOdds(up, sums[i + 1]), 0),
  }
}

/** Its instant is that of its largest part. */
function sumOf(run: readonly Delta[]): Delta {
  const deltaGrams = run.reduce((sum, part) => sum + part.deltaGrams, 0)
  const same = run.filter((part) => part.deltaGrams > 0 === deltaGrams > 0)
  const [first, ...others] = same.length === 0 ? run : same
  const main = others.reduce((a, b) => (Math.abs(b.deltaGrams) > Math.abs(a?.deltaGrams ?? 0) ? b : a), first)
  const sdGrams = Math.hypot(...run.map((part) => part.sdGrams))
  const { heldMs: _, ...rest } = main ?? { cell: '', ts: 0, index: 0 }
  const heldMs = run.at(-1)?.heldMs
  return { ...rest, deltaGrams, sdGrams, ...(heldMs === undefined ? {} : { heldMs }) }
}

function isStill({ deltaGrams, sdGrams }: Delta): boolean {
  return Math.abs(deltaGrams) < Math.max(stillGrams, 3 * sdGrams)
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

function leanOf(turns: readonly Turn[]): Lean {
  const [first, ...others] = [...turns].sort((a, b) => b.grams - a.grams)
  const cells = turns.flatMap((turn) => turn.cells)
  const none = { from: 0, to: 0, heldMs: 0, presses: true }
  return { ...none, ...first, cells, grams: weight(others) + (first?.grams ?? 0) }
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

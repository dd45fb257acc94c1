/** All plates of the store: readings to bins, settled changes of neighbouring plates to one change of the shelf. */
import { addBin, binMs, type CellChange, type CellState, excursion, flushCell, newCell, resetLevel } from './cell.ts'
import { type CellSpace, compare } from './geometry.ts'
import { addReport, newReportedCell, type ReportedCell, stand, unreadSince } from './reported.ts'

/** A package lies over two plates and presses on the next two: changes within so many plates are looked at together. */
const neighbourCells = 2
/** A hand that rests on one plate delays its settling, so changes belong together when their unsettled times meet. */
const meetMs = 250
/** A package that is lifted or set down leaves or reaches all its plates within this; another hand rarely comes so soon. */
const oneLiftMs = 500
/** A plate that fell twice so soon may be one thing that tilted; that fell and rose, one that was let down again. */
const soonMs = 1500
const againMs = 3000
/** Shorter than it takes to believe that a plate has settled (`cell.ts`). */
const pauseMs = 1000
/** A plate that has given no reading for so long holds nothing back. */
const deadMs = 3000
/** A thing that is pushed from plate to plate leaves the one and reaches the other within this. */
const sameMomentMs = 500
/** A neighbour that never settles (somebody leans on it) holds a change back no longer than this, and keeps a plate no longer. */
const longestWaitMs = 12_000
const longestLeanMs = 8000
/** A hand that leans beside weighs this much at least, and several times what it makes this plate show (S). */
const leastLeanGrams = 60
const leanShare = 3
/** Plates press on their neighbours: 2.0 % and 1.0 % in the one real pick that was measured; up to 4 % is taken as that. */
const crosstalkShare = 0.04
/** Both sides together pressed on by more than was measured: a package that hangs over the edge may stand on them, too. */
const mostPressedShare = 0.03

/** A change of a shelf before anybody is asked who made it. */
export interface ShelfStep {
  readonly ts: number
  readonly from: number
  readonly to: number
  readonly shelf: string
  readonly cells: readonly CellChange[]
}

/** Readings in grams of a tenth of a second, as far as they have come. */
interface OpenBin {
  start: number
  count: number
  sum: number
  low: number
  high: number
}

export interface ScalesState {
  readonly cells: Record<string, CellState>
  readonly bins: Record<string, OpenBin>
  /** Plates whose shelves report changes instead of readings. */
  readonly reported: Record<string, ReportedCell>
  /** Settled changes by shelf that wait for their neighbours, in order along the shelf. */
  readonly waiting: Record<string, CellChange[]>
}

export function newScales(): ScalesState {
  return { cells: {}, bins: {}, reported: {}, waiting: {} }
}

/** Takes a batch of readings in grams; `ts` is the time of the first sample, null marks a missing one. */
export function addReadings(
  state: ScalesState,
  spaces: ReadonlyMap<string, CellSpace>,
  shelves: Shelves,
  ts: number,
  rateHz: number,
  readings: Readonly<Record<string, readonly (number | null)[]>>,
): void {
  const periodMs = 1000 / rateHz
  for (const [cell, samples] of Object.entries(readings)) {
    const space = spaces.get(cell)
    if (space === undefined) continue
    const plate = { cell, shelf: space.shelf, row: shelves.get(space.shelf) ?? [], index: space.index }
    state.cells[cell] ??= newCell(cell)
    let bin = state.bins[cell] ?? newBin(binStart(ts))
    for (let i = 0; i < samples.length; i++) {
      const sample = samples[i]
      if (sample === null || sample === undefined) continue
      const start = binStart(ts + i * periodMs)
      if (start > bin.start) {
        closeBin(state, plate, bin)
        bin = newBin(start)
      }
      if (start === bin.start) addSample(bin, sample)
    }
    state.bins[cell] = bin
  }
}

/** A change that the shelf itself found. */
export function addReported(
  state: ScalesState,
  spaces: ReadonlyMap<string, CellSpace>,
  { cell, deltaGrams, ...report }: { cell: string; deltaGrams: number; sdGrams: number; from: number; to: number },
): void {
  const shelf = spaces.get(cell)?.shelf
  if (shelf === undefined) return
  const plate = state.reported[cell] ?? newReportedCell(cell)
  state.reported[cell] = plate
  for (const change of addReport(plate, deltaGrams, report)) wait(state, shelf, change)
}

/** Levels of plates that report changes stand until `now`, unless they said otherwise. */
export function standReported(state: ScalesState, spaces: ReadonlyMap<string, CellSpace>, now: number): void {
  for (const [cell, plate] of Object.entries(state.reported))
    for (const change of stand(plate, now)) wait(state, spaces.get(cell)?.shelf ?? '', change)
}

/** After a restart of a device the zero of its plates may be another: levels are found anew. */
export function restartCells(state: ScalesState, cells: readonly string[]): void {
  for (const cell of cells) {
    const known = state.cells[cell]
    if (known !== undefined) resetLevel(known)
    delete state.bins[cell]
  }
}

/** A stretch of a shelf that may be read in two ways: by what settled, or by all that it went through. */
export interface Rivals {
  readonly shelf: string
  readonly from: number
  readonly plain: readonly ShelfStep[]
  readonly closer: readonly ShelfStep[]
}

export interface Taken {
  readonly steps: ShelfStep[]
  readonly rivals: Rivals[]
}

/** The changes that no neighbour can still join, given that all readings up to `now` are in; oldest first. */
export function takeSteps(state: ScalesState, shelves: Shelves, now: number): Taken {
  const steps: ShelfStep[] = []
  const rivals: Rivals[] = []
  for (const [shelf, waiting] of Object.entries(state.waiting)) {
    const row = shelves.get(shelf) ?? []
    const groups = group(waiting, row)
    const open = groups.filter((changes) => mayGrow(state, changes, row, now))
    if (open.length === 0) delete state.waiting[shelf]
    else state.waiting[shelf] = open.flat()
    for (const changes of groups)
      if (open.includes(changes)) continue
      else if (changes.every(({ reading }) => reading === undefined)) steps.push(...toSteps(shelf, changes, row))
      else rivals.push(toRivals(shelf, changes, row))
  }
  return { steps: steps.sort(compareSteps), rivals }
}

/** What plates of a shelf settled to, each unsettled time read the plain way; oldest first. */
export function stepsOf(shelf: string, changes: readonly CellChange[], row: readonly string[]): ShelfStep[] {
  return read(shelf, changes, row, 'closer')
}

function read(shelf: string, changes: readonly CellChange[], row: readonly string[], not: CellChange['reading']) {
  return group(
    changes.filter(({ reading }) => reading !== not),
    row,
  )
    .flatMap((members) => toSteps(shelf, members, row))
    .sort(compareSteps)
}

function toRivals(shelf: string, changes: readonly CellChange[], row: readonly string[]): Rivals {
  const from = Math.min(...changes.map((change) => change.from))
  return { shelf, from, plain: read(shelf, changes, row, 'closer'), closer: read(shelf, changes, row, 'plain') }
}

/** Settles what can be settled at the end of a recording. */
export function flushScales(state: ScalesState, spaces: ReadonlyMap<string, CellSpace>): void {
  for (const [cell, bin] of Object.entries(state.bins))
    closeBin(state, { cell, shelf: spaces.get(cell)?.shelf ?? '', row: [], index: 0 }, bin)
  for (const cell of allCells(state)) {
    const shelf = spaces.get(cell.cell)?.shelf
    if (shelf !== undefined) for (const change of flushCell(cell)) wait(state, shelf, change)
  }
}

/** The earliest time since when a plate is unsettled or a change waits; null when all is quiet. */
export function unsettledSince(state: ScalesState, now: number): number | null {
  let since: number | null = null
  const note = (time: number | null) => {
    if (time !== null && (since === null || time < since)) since = time
  }
  for (const cell of allCells(state)) note(unsettled(cell, now))
  for (const plate of Object.values(state.reported)) note(unreadSince(plate))
  for (const waiting of Object.values(state.waiting)) for (const { from } of waiting) note(from)
  return since
}

/** Whether something moves on a plate, or has settled there since a time and waits for its neighbours. */
export function isStirred(state: ScalesState, cell: string, since: number, now: number): boolean {
  const plate = state.cells[cell] ?? state.reported[cell]?.state
  if (plate !== undefined && unsettled(plate, now) !== null) return true
  return Object.values(state.waiting).some((all) => all.some((one) => one.cell === cell && one.to >= since))
}

/** Since when a plate is unsettled; null when it is not, or has died and never will be again. */
function unsettled({ unsettledFrom, last }: CellState, now: number): number | null {
  return last === null || now - last.t > deadMs ? null : unsettledFrom
}

function allCells({ cells, reported }: ScalesState): CellState[] {
  return [...Object.values(cells), ...Object.values(reported).map(({ state }) => state)]
}

/** The cells of each shelf in order along it. */
export type Shelves = ReadonlyMap<string, readonly string[]>

export function shelfRows(spaces: ReadonlyMap<string, CellSpace>): Shelves {
  const rows = new Map<string, string[]>()
  for (const { cell, shelf, index } of spaces.values()) {
    const row = rows.get(shelf) ?? []
    row[index] = cell
    rows.set(shelf, row)
  }
  return rows
}

function binStart(t: number): number {
  return Math.floor(t / binMs) * binMs
}

/** A plate and its place in its row. */
interface Plate {
  readonly cell: string
  readonly shelf: string
  readonly row: readonly string[]
  readonly index: number
}

function newBin(start: number): OpenBin {
  return { start, count: 0, sum: 0, low: 0, high: 0 }
}

function addSample(bin: OpenBin, sample: number): void {
  if (bin.count === 0 || sample < bin.low) bin.low = sample
  if (bin.count === 0 || sample > bin.high) bin.high = sample
  bin.sum += sample
  bin.count++
}

function closeBin(state: ScalesState, plate: Plate, bin: OpenBin): void {
  const known = state.cells[plate.cell]
  if (known === undefined || bin.count === 0) return
  const changes = addBin(known, bin.start, robustMean(bin), isDisturbed(state, plate, known, bin.start))
  for (const change of changes) wait(state, plate.shelf, change)
}

/** A hand that leans on the plate beside presses on this one, too, by a tenth and more when it lies near the edge. */
function isDisturbed(state: ScalesState, { row, index }: Plate, known: CellState, now: number): boolean {
  const own = excursion(known)
  if (own === null) return false
  return [row[index - 1], row[index + 1]].some((cell) => {
    const beside = cell === undefined ? undefined : state.cells[cell]
    const hand = beside === undefined ? null : excursion(beside)
    if (hand === null || now - hand.from > longestLeanMs) return false
    return hand.grams > leastLeanGrams && hand.grams > leanShare * own.grams
  })
}

/** The mean without the lowest and the highest reading: an HX711 gives a garbage spike now and then. */
function robustMean({ count, sum, low, high }: OpenBin): number {
  return count < 4 ? sum / count : (sum - low - high) / (count - 2)
}

function wait(state: ScalesState, shelf: string, change: CellChange): void {
  const waiting = state.waiting[shelf] ?? []
  waiting.push(change)
  state.waiting[shelf] = waiting
}

function meets(a: { from: number; to: number }, b: { from: number; to: number }, withinMs = meetMs): boolean {
  return a.from <= b.to + withinMs && b.from <= a.to + withinMs
}

function group(changes: readonly CellChange[], row: readonly string[]): CellChange[][] {
  const groups: CellChange[][] = []
  for (const change of changes) {
    const near = groups.filter((members) =>
      members.some((member) =>
        member.cell === change.cell
          ? meets(member, change, soonMs)
          : distanceInRow(row, member.cell, change.cell) <= neighbourCells && meets(member, change),
      ),
    )
    const merged = [...near.flat(), change]
    for (const members of near) groups.splice(groups.indexOf(members), 1)
    groups.push(merged)
  }
  return groups
}

function distanceInRow(row: readonly string[], a: string, b: string): number {
  return Math.abs(row.indexOf(a) - row.indexOf(b))
}

function mayGrow(state: ScalesState, changes: readonly CellChange[], row: readonly string[], now: number): boolean {
  const from = Math.min(...changes.map((change) => change.from))
  const to = Math.max(...changes.map((change) => change.to))
  if (now - to > longestWaitMs) return false
  const around = row.filter((cell) => changes.some((change) => distanceInRow(row, change.cell, cell) <= neighbourCells))
  return around.some((cell) => {
    const plate = state.cells[cell] ?? state.reported[cell]?.state
    const unsettledFrom = plate === undefined ? null : unsettled(plate, now)
    return unsettledFrom !== null && meets({ from: unsettledFrom, to: now }, { from, to })
  })
}

/** Changes are told apart in time, and those of plates with a gap between them: no package bridges one. */
function toSteps(shelf: string, changes: readonly CellChange[], row: readonly string[]): ShelfStep[] {
  const real = changes.filter((change) => !changes.some((other) => isCrosstalk(change, other)))
  const beside = changes.filter((change) => !real.includes(change))
  return moments(beside.length === 0 ? real : real.map((change) => withBeside(change, beside, row)), row)
    .flatMap((members) => runs(members, row))
    .map((run) => toStep(shelf, run))
}

/** What may have happened at the same moment, oldest first. */
function moments(changes: readonly CellChange[], row: readonly string[]): CellChange[][] {
  let found: CellChange[][] = []
  for (const change of [...changes].sort((a, b) => a.at - b.at || compare(a.cell, b.cell))) {
    const near = found.filter((members) => members.some((earlier) => goesOn(earlier, change, row)))
    found = [...found.filter((members) => !near.includes(members)), [...near.flat(), change]]
  }
  return found
}

/**
 * One lift; or a thing that slides on to the next plate while it leaves the one before; or a plate that was unsettled
 * through the moment and may have felt some of it.
 */
function goesOn(earlier: CellChange, change: CellChange, row: readonly string[]): boolean {
  if (earlier.cell === change.cell) {
    if (earlier.heldMs !== undefined) return true
    const falls = change.deltaGrams < 0
    // A thing that is lifted slowly stays on a level for some tenths of a second, again and again.
    return change.at - earlier.at < (falls ? soonMs : againMs) || (falls && change.from - earlier.to < pauseMs)
  }
  if (change.at - earlier.at <= oneLiftMs) return true
  const rises = change.deltaGrams > 0
  if (distanceInRow(row, change.cell, earlier.cell) > 1 || rises !== earlier.deltaGrams > 0) return false
  const slow = (!change.sharp || !earlier.sharp) && meets(earlier, change)
  return slow || change.from <= earlier.at || (rises && change.at <= earlier.to + binMs)
}

/** Plates side by side that changed the same way, or there and back. */
function runs(changes: readonly CellChange[], row: readonly string[]): CellChange[][] {
  const returned = changes.some(({ cell, deltaGrams }) =>
    changes.some((other) => other.cell === cell && other.deltaGrams < 0 !== deltaGrams < 0),
  )
  const found: CellChange[][] = []
  for (const change of [...changes].sort((a, b) => row.indexOf(a.cell) - row.indexOf(b.cell))) {
    const run = found.at(-1)
    const previous = run?.at(-1)
    const follows =
      previous !== undefined &&
      distanceInRow(row, previous.cell, change.cell) <= 1 &&
      (returned || previous.deltaGrams < 0 === change.deltaGrams < 0)
    if (run !== undefined && follows) run.push(change)
    else found.push([change])
  }
  return found
}

/** A change with what the plates next to it felt, where that is more than crosstalk. */
function withBeside(change: CellChange, beside: readonly CellChange[], row: readonly string[]): CellChange {
  const felt = beside.reduce((sum, other) => {
    const isNext = distanceInRow(row, other.cell, change.cell) === 1 && isCrosstalk(other, change)
    return isNext ? sum + other.deltaGrams : sum
  }, 0)
  return felt / change.deltaGrams > mostPressedShare ? { ...change, besideGrams: felt } : change
}

function isCrosstalk(change: CellChange, other: CellChange): boolean {
  return Math.abs(change.deltaGrams) <= crosstalkShare * Math.abs(other.deltaGrams) && meets(change, other)
}

function toStep(shelf: string, cells: readonly CellChange[]): ShelfStep {
  const main = cells.reduce((a, b) => (Math.abs(b.deltaGrams) > Math.abs(a.deltaGrams) ? b : a))
  return {
    ts: main.at,
    from: Math.min(...cells.map((change) => change.from)),
    to: Math.max(...cells.map((change) => change.to)),
    shelf,
    cells,
  }
}

/** In order of time; of two in the same moment the fall first, as a thing is taken before it is put. */
function compareSteps(a: ShelfStep, b: ShelfStep): number {
  const falls = (step: ShelfStep) => ((step.cells[0]?.deltaGrams ?? 0) < 0 ? sameMomentMs : 0)
  return a.ts - falls(a) - (b.ts - falls(b)) || compare(a.shelf, b.shelf) || a.ts - b.ts
}

/**
 * Changes that shelves report so late that nobody can be charged for them: gathered until the shelf has said all it has,
 * read like those that come in time, and handed on for a person to look at.
 */
import type { SensorEvent } from '../events.ts'
import type { SaidLate } from '../observations.ts'
import type { CellChange } from './cell.ts'
import type { CellSpace } from './geometry.ts'
import { addReport, newReportedCell, stand } from './reported.ts'
import { type ShelfStep, type Shelves, stepsOf } from './scales.ts'
import { type Stays, stoodNear, wasUnseen } from './stays.ts'

type LateReport = Pick<
  Extract<SensorEvent, { kind: 'late-change' }>,
  'cell' | 'deltaGrams' | 'sdGrams' | 'from' | 'to' | 'isTimeKnown'
> & { readonly heardAt: number }

export interface LateReports {
  /** By shelf, in the order in which they came. */
  readonly waiting: Record<string, LateReport[]>
  /** By plate: the latest messages about it by what they were told as, oldest first, to know one that comes again. */
  readonly known: Record<string, string[]>
}

/** A shelf that is there again says what it has at once; a message that is not acknowledged comes again after some seconds. */
const quietMs = 5000
/** One that goes on and on is heard out no longer than this, and keeps no more than so many. */
const longestMs = 60_000
const mostWaiting = 200
/** What was not acknowledged is said again before anything new: a device has 20 messages under way at most. */
const mostKnown = 32
/** A plate stands so long before its level counts for sure (`cell.ts`: 3 s), in steps that leave no gap. */
const standMs = [1000, 2000, 3000, 4000]

export function newLateReports(): LateReports {
  return { waiting: {}, known: {} }
}

/** Whether a message about a plate came before; it is known from now on. */
export function isToldAgain({ known }: LateReports, cell: string, told: string | undefined): boolean {
  if (told === undefined) return false
  const before = known[cell] ?? []
  if (before.includes(told)) return true
  known[cell] = [...before, told].slice(-mostKnown)
  return false
}

/** Takes one report; one that was taken before, late or in time, is left out. */
export function addLate(
  late: LateReports,
  spaces: ReadonlyMap<string, CellSpace>,
  event: Extract<SensorEvent, { kind: 'late-change' }>,
): void {
  const { ts, cell, deltaGrams, sdGrams, from, to, isTimeKnown, told } = event
  const shelf = spaces.get(cell)?.shelf
  if (shelf === undefined || isToldAgain(late, cell, told)) return
  const report = { cell, deltaGrams, sdGrams, from, to, isTimeKnown, heardAt: ts }
  late.waiting[shelf] = [...(late.waiting[shelf] ?? []), report]
}

/** What shelves have said all of by `now`; in the end (`now` infinite) all. */
export function takeLate(late: LateReports, { spaces, shelves, stays, offsetOf }: LateScene, now: number): SaidLate[] {
  const due = Object.entries(late.waiting).filter(([, reports]) => isSaid(reports, now))
  return due.flatMap(([shelf, reports]) => {
    delete late.waiting[shelf]
    const row = shelves.get(shelf) ?? []
    const ts = Math.max(...reports.map(({ heardAt }) => heardAt))
    return [true, false].flatMap((isTimeKnown) =>
      stepsIn(
        shelf,
        row,
        reports.filter((report) => report.isTimeKnown === isTimeKnown),
      ).map((step) =>
        toSaidLate(step, ts, isTimeKnown ? seenAt(step, { spaces, stays, offsetMs: offsetOf(shelf) }) : null),
      ),
    )
  })
}

interface LateScene {
  readonly spaces: ReadonlyMap<string, CellSpace>
  readonly shelves: Shelves
  readonly stays: Stays
  /** From a shelf's clock to the tracker's, milliseconds. */
  readonly offsetOf: (shelf: string) => number
}

function isSaid(reports: readonly LateReport[], now: number): boolean {
  const [first, last] = [reports[0]?.heardAt ?? 0, reports.at(-1)?.heardAt ?? 0]
  return now - last >= quietMs || now - first >= longestMs || reports.length >= mostWaiting
}

/** On plates of their own: what those have felt since is none of this. */
function stepsIn(shelf: string, row: readonly string[], reports: readonly LateReport[]): ShelfStep[] {
  const changes = row.flatMap((cell) =>
    changesOf(
      cell,
      reports.filter((report) => report.cell === cell),
    ),
  )
  return stepsOf(shelf, changes, row)
}

function changesOf(cell: string, reports: readonly LateReport[]): CellChange[] {
  const plate = newReportedCell(cell)
  const inOrder = [...reports].sort((a, b) => a.from - b.from || a.to - b.to)
  return inOrder.flatMap(({ deltaGrams, from, to, sdGrams }, i) => {
    const changes = addReport(plate, deltaGrams, { from, to, sdGrams })
    const next = inOrder[i + 1]?.from ?? Number.POSITIVE_INFINITY
    return [...changes, ...standMs.flatMap((ms) => (to + ms < next ? stand(plate, to + ms) : []))]
  })
}

/** Whether nobody can say any more who did it. */
export function isUnread({ cells }: ShelfStep): boolean {
  return cells.some(({ unread }) => unread === true)
}

/** What readings show after a line was cut: it may have been anybody who stood there meanwhile. */
export function unreadFor(step: ShelfStep, { spaces, stays, offsetOf }: LateScene, now: number): SaidLate {
  return toSaidLate(step, now, seenAt(step, { spaces, stays, offsetMs: offsetOf(step.shelf) }))
}

interface Seen {
  readonly spaces: ReadonlyMap<string, CellSpace>
  readonly stays: Stays
  readonly offsetMs: number
}

function seenAt({ from, to, cells }: ShelfStep, { spaces, stays, offsetMs }: Seen): Pick<SaidLate, 'near' | 'unseen'> {
  const plates = cells.flatMap(({ cell }) => spaces.get(cell) ?? [])
  const [first, last] = [from + offsetMs, to + offsetMs]
  return { near: stoodNear(stays, plates, first, last), unseen: wasUnseen(stays, first, last) }
}

/** `seen`: null where nobody knows when it was. */
function toSaidLate(step: ShelfStep, ts: number, seen: Pick<SaidLate, 'near' | 'unseen'> | null): SaidLate {
  return {
    kind: 'said-late',
    ts,
    shelf: step.shelf,
    cells: step.cells.map(({ cell, at, deltaGrams, sdGrams }) => ({ cell, ts: at, deltaGrams, sdGrams })),
    happened: seen === null ? null : { from: step.from, to: step.to },
    ...(seen ?? { near: [], unseen: false }),
  }
}

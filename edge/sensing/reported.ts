/**
 * Plates of shelves that find changes themselves (`event/weight`).
 *
 * Such shelves report hands as well as things: +39 g as the hand leans, then -559 g as a thing of 520 g goes. Between two
 * reports the level is known to stand, so the reports are played to the same segmentation as readings are.
 */
import { addBin, binMs, type CellChange, type CellState, newCell } from './cell.ts'

/** How far back a level is filled in: as much as a level before a change is measured from. */
const fillMs = 2000
/** Reports that are remembered to say how sure the time and the weight of a change are. */
const mostReports = 16

interface Report {
  readonly from: number
  readonly to: number
  readonly sdGrams: number
}

/** One plate as its reports draw it. */
export interface ReportedCell {
  readonly state: CellState
  level: number
  filledTo: number
  reports: Report[]
}

export function newReportedCell(cell: string): ReportedCell {
  return { state: newCell(cell), level: 0, filledTo: Number.NEGATIVE_INFINITY, reports: [] }
}

/** Takes a report of a change by `deltaGrams` between two times; gives what has settled by it. */
export function addReport(plate: ReportedCell, deltaGrams: number, report: Report): CellChange[] {
  const changes = fill(plate, report.from)
  plate.level += deltaGrams
  plate.filledTo = Math.max(plate.filledTo, Math.floor(report.to / binMs) * binMs - binMs)
  plate.reports = [...plate.reports, report].slice(-mostReports)
  return changes
}

/** Nothing more was reported up to `now`: the level stands. */
export function stand(plate: ReportedCell, now: number): CellChange[] {
  return plate.state.unsettledFrom === null && plate.state.last?.mean === plate.level ? [] : fill(plate, now)
}

/** Since when something is reported that was not read yet; null for nothing. */
export function unreadSince({ state, level, filledTo, reports }: ReportedCell): number | null {
  const latest = reports.at(-1)
  return latest === undefined || state.last?.mean === level || filledTo >= latest.to ? null : latest.from
}

function fill(plate: ReportedCell, to: number): CellChange[] {
  const changes: CellChange[] = []
  const first = Math.max(plate.filledTo + binMs, Math.floor((to - fillMs) / binMs) * binMs)
  for (let t = first; t < to; t += binMs) {
    changes.push(...addBin(plate.state, t, plate.level).map((change) => asReported(plate, change)))
    plate.filledTo = t
  }
  return changes
}

/** The time and the error of a change as the reports within it give them. */
function asReported({ reports }: ReportedCell, { unread: _, ...change }: CellChange): CellChange {
  const within = reports.filter(({ from, to }) => to > change.from && from < change.to + binMs)
  const near = within.find(({ from, to }) => change.at >= from - binMs && change.at <= to + binMs)
  const sdGrams = Math.hypot(change.sdGrams, ...within.map((report) => report.sdGrams))
  if (near === undefined) return { ...change, sdGrams }
  return { ...change, sdGrams, at: (near.from + near.to) / 2, slackMs: (near.to - near.from) / 2 }
}

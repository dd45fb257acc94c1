/** Sums as Markdown tables. Pure, and without timings: the same arguments give the same text. */
import type { Reliability } from './calibration.ts'
import type { Group, Totals } from './summary.ts'
import { type Variant, variants } from './variants.ts'

type Column<T> = readonly [title: string, cell: (row: T) => string]

const byScene: Column<Group> = ['scene', ({ scene }) => scene ?? '**all**']
const byLevel: Column<Group> = ['level', ({ level }) => level]

const scores: readonly Column<Group>[] = [
  ['recordings', ({ recordings, failed }) => (failed === 0 ? `${recordings}` : `${recordings}, ${failed} failed`)],
  ['receipts', ({ receipts }) => `${receipts}`],
  ['F1', ({ engine }) => engine.f1.toFixed(3)],
  ['exact %', ({ engine }) => percent(engine.exactShare)],
  ['review %', ({ engine }) => percent(engine.reviewShare)],
  ['over %', ({ engine }) => percent(engine.overShare, 2)],
  ['unseen %', ({ engine }) => percent(engine.overUnseenShare, 2)],
  ['under %', ({ engine }) => percent(engine.underShare, 2)],
  ['sure and wrong', ({ lineReliability }) => sureInWords(lineReliability)],
  ['ECE', ({ lineReliability }) => lineReliability.ece.toFixed(3)],
]

const titles: Readonly<Record<Variant, string>> = {
  greedy: 'greedy',
  detection: 'told detection',
  product: 'told product',
  association: 'told association',
}

const losses: readonly Column<Group>[] = [
  ['engine', ({ engine }) => headline(engine)],
  ...variants.map((variant): Column<Group> => [titles[variant], (group) => headline(group.variants[variant])]),
]

/** What came out, and what of the loss is whose: F1 and exact receipts of the engine beside baseline and oracles. */
export const scoreTable = (groups: readonly Group[]): string => markdown([byScene, ...scores], groups)
export const lossTable = (groups: readonly Group[]): string => markdown([byScene, ...losses], groups)

/** Both, a line a level. `groups`: each the whole of a level. */
export function levelTables(groups: readonly Group[]): string {
  return [scores, losses].map((columns) => markdown([byLevel, ...columns], groups)).join('\n\n')
}

/** How often a confidence was right, of lines and of whole bills. */
export function reliabilityTable({ lineReliability: lines, receiptReliability: bills }: Group): string {
  const rows = lines.bins.map((line, i) => ({ line, bill: bills.bins[i] ?? line }))
  return markdown(
    [
      ['confidence', ({ line: { from, to } }) => (to === 1 ? `${from} to 1` : `${from} to below ${to}`)],
      ['lines', ({ line }) => `${line.count}`],
      ['of them right %', ({ line }) => shareOf(line)],
      ['bills', ({ bill }) => `${bill.count}`],
      ['of them right % ', ({ bill }) => shareOf(bill)],
    ],
    rows,
  )
}

function shareOf({ count, rightShare }: Reliability['bins'][number]): string {
  return count === 0 ? '' : percent(rightShare)
}

function markdown<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const cells = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => cell(row)))]
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)))
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = cells
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}

/** `12 of 3450: 1 in 288`. */
function sureInWords({ sure: { count, wrong } }: Reliability): string {
  if (wrong === 0) return `0 of ${count}`
  const per = count / wrong
  return `${wrong} of ${count}: 1 in ${per.toFixed(per < 10 ? 1 : 0)}`
}

function headline({ f1, exactShare }: Totals): string {
  return `${f1.toFixed(3)} / ${percent(exactShare)}`
}

function percent(share: number, digits = 1): string {
  return (100 * share).toFixed(digits)
}

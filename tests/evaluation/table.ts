/** The evaluation as a table for people, in Markdown. Pure: no timings, so that the same arguments give the same page. */
import type { Reliability } from './calibration.ts'
import type { Group, Totals } from './summary.ts'
import { type Variant, variants } from './variants.ts'

type Column = readonly [title: string, cell: (group: Group) => string]

const titles: Readonly<Record<Variant, string>> = {
  greedy: 'greedy',
  detection: 'told detection',
  product: 'told product',
  association: 'told association',
}

const columns: readonly Column[] = [
  ['scene', ({ scene }) => scene ?? '**all**'],
  ['recordings', ({ recordings, failed }) => (failed === 0 ? `${recordings}` : `${recordings}, ${failed} failed`)],
  ['receipts', ({ receipts }) => `${receipts}`],
  ['F1', ({ engine }) => engine.f1.toFixed(3)],
  ['exact %', ({ engine }) => percent(engine.exactShare)],
  ['review %', ({ engine }) => percent(engine.reviewShare)],
  ['over %', ({ engine }) => percent(engine.overShare, 2)],
  ['under %', ({ engine }) => percent(engine.underShare, 2)],
  ['sure and wrong', ({ lineReliability }) => sureInWords(lineReliability)],
  ['ECE', ({ lineReliability }) => lineReliability.ece.toFixed(3)],
  ...variants.map((variant): Column => [titles[variant], (group) => headline(group.variants[variant])]),
]

/** One table a level. */
export function tables(groups: readonly Group[]): string {
  const levels = [...new Set(groups.map(({ level }) => level))]
  return levels
    .map((level) => `## ${level}\n\n${markdown(groups.filter((group) => group.level === level))}`)
    .join('\n\n')
}

function markdown(groups: readonly Group[]): string {
  const rows = [columns.map(([title]) => title), ...groups.map((group) => columns.map(([, cell]) => cell(group)))]
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = rows
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

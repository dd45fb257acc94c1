/** What pictures add to receipts, as a table in Markdown. Pure. */
import type { Totals } from '../summary.ts'
import type { Added } from './receipts.ts'

export function receiptPage(rows: readonly Added[]): string {
  return [
    '',
    '## Receipts',
    '',
    'At the middle level; F1 / exact receipts / charged too much, with a picture of so many changes:',
    '',
    '| scene | recordings | none | every second | each |',
    '|---|---|---|---|---|',
    ...rows.map(
      ({ scene, recordings, none, half, each }) =>
        `| ${scene} | ${recordings} | ${[none, half, each].map(inWords).join(' | ')} |`,
    ),
  ].join('\n')
}

function inWords({ f1, exactShare, overShare }: Totals): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  return `${f1.toFixed(3)} / ${percent(exactShare)} / ${percent(overShare)}`
}

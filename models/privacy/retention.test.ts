import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { otherRetention, type Retention, serviceRetention, storeRetention } from './retention.ts'

const row = ({ what, where, days, why }: Retention) => `| ${what} | ${where} | ${days ?? '–'} | ${why} |`
const table = [storeRetention, serviceRetention, otherRetention].flatMap((kinds) =>
  Object.values<Retention>(kinds).map(row),
)

test('docs/privacy.md shows the table that the jobs go by', () => {
  const page = readFileSync(new URL('../../docs/privacy.md', import.meta.url), 'utf8')
  const [, shown = ''] = page.split('|---|---|---|---|\n')
  expect(shown.split('\n\n')[0]?.trimEnd().split('\n')).toEqual(table)
})

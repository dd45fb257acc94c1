import { expect, test } from 'vitest'
import { addReport, newReportedCell, type ReportedCell, stand } from './reported.ts'

const t0 = 1_767_261_600_000

/** Time as sensing lets it pass. */
function settled(plate: ReportedCell, from: number, to: number): number[] {
  const changes: number[] = []
  for (let now = from; now <= to; now += 200) changes.push(...stand(plate, now).map(({ deltaGrams }) => deltaGrams))
  return changes
}

test.each([0, 3000, 15_000, 59_000])(
  'addReport() finds a change that is told %i ms late, on a plate that never said anything',
  (lateMs) => {
    const plate = newReportedCell('c1')
    const early = addReport(plate, -538, { from: t0 - 200, to: t0, sdGrams: 1 }).map(({ deltaGrams }) => deltaGrams)
    expect([...early, ...settled(plate, t0 + lateMs, t0 + lateMs + 5000)].map(Math.round)).toEqual([-538])
  },
)

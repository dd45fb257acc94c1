/** The scores of the product network as tables in Markdown. Pure. */
import type { Share } from './measures.ts'
import type { ProductScores } from './products.ts'

export function productPage({ top1, top5, honesty, shelves, enrolment, ...scores }: ProductScores): string {
  const { calibrationError, medianLookMs } = scores
  const [least, most] = honesty.temperatures.map((each) => each.toFixed(2))
  return [
    '## Products',
    '',
    `${top1.count} pictures of val, 81 classes, one look of three views each (median ${medianLookMs.toFixed(1)} ms).`,
    '',
    '| | right | 95 % interval |',
    '|---|---|---|',
    `| first | ${percent(top1.value)} | ${interval(top1)} |`,
    `| among the first five | ${percent(top5.value)} | ${interval(top5)} |`,
    '',
    `Expected calibration error (15 bins): ${honesty.error.toFixed(3)}, each picture at a temperature fitted on the others`,
    `(ten parts; ${least} to ${most} times the network's own); ${honesty.from.toFixed(3)} to ${honesty.to.toFixed(3)} in 95 of 100 draws of the pictures. A perfectly`,
    `honest network shows ${honesty.floor.toFixed(3)} on so few, and up to ${honesty.floorAtMost.toFixed(3)} in 95 of 100. At the network's own temperature,`,
    `which was fitted on the same pictures: ${calibrationError.toFixed(3)}.`,
    '',
    'When the product is one of so many on a shelf, beside those most like it:',
    '',
    '| candidates | right | 95 % interval | calibration error |',
    '|---|---|---|---|',
    ...shelves.map(
      (row) =>
        `| ${row.candidates} | ${percent(row.right.value)} | ${interval(row.right)} | ${row.calibrationError.toFixed(3)} |`,
    ),
    '',
    'Products that the network never saw, enrolled from a few pictures, as are those beside them:',
    '',
    '| candidates | pictures | right | calibration error |',
    '|---|---|---|---|',
    ...enrolment.map(
      (row) =>
        `| ${row.candidates} | ${row.pictures} | ${percent(row.right.value)} | ${row.calibrationError.toFixed(3)} |`,
    ),
  ].join('\n')
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`
}

function interval({ from, to }: Share): string {
  return `${percent(from)} to ${percent(to)}`
}

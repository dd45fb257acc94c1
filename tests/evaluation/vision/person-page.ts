/** The scores of detection and tracking as tables in Markdown. Pure. */
import type { CrossingScore } from './crossings.ts'
import type { PersonScores } from './persons.ts'

export function personPage(
  { persons, empty, visits, runs }: PersonScores,
  crossings: readonly CrossingScore[],
): string {
  return [
    '## People',
    '',
    `Labelled frames of person-video: somebody found in ${persons.found} of ${persons.of} that show somebody, in ${empty.found} of ${empty.of} empty ones.`,
    '',
    `Tracks over the video, of which nothing but its size is known; ${visits} people came, one after the other:`,
    '',
    '| looked at | tracks | visits under one id of their own | labelled frames with somebody that show a track |',
    '|---|---|---|---|',
    ...runs.map(
      (run) => `| ${run.what} | ${run.tracks} | ${run.wholeVisits} of ${visits} | ${percent(run.shownShare)} |`,
    ),
    '',
    'People who walk about and stand in a drawn room of 6 x 6 m for a minute, seen as boxes with errors of 3 % of their height,',
    '5 % missed, 2 % false, hidden behind each other; the truth counts also where no camera sees it (means over 8 rooms):',
    '',
    '| cameras | people | IDF1 | ids shown | error, m | IDF1 without clothes |',
    '|---|---|---|---|---|---|',
    ...crossings.map(
      (score) =>
        `| ${score.cameras} | ${score.people} | ${score.idf1.toFixed(3)} | ${score.ids.toFixed(1)} | ${score.meanErrorMetres.toFixed(2)} | ${score.plainIdf1.toFixed(3)} |`,
    ),
    '',
  ].join('\n')
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`
}

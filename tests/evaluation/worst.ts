/** Where it goes wrong: the worst scenes of a level, and receipts to look at, each with how to get it again. */
import { wrongInWords } from '../../simulators/scoring/words.ts'
import type { Group } from './summary.ts'
import type { Row } from './trial.ts'

const mostScenes = 5
const mostExamples = 3

/** `groups`: of one level. A line each, none where every receipt is right. */
export function worstInWords(groups: readonly Group[], rows: readonly Row[]): string[] {
  return groups
    .filter(({ scene, engine }) => scene !== null && engine.exactShare < 1)
    .sort((a, b) => a.engine.exactShare - b.engine.exactShare || a.engine.f1 - b.engine.f1)
    .slice(0, mostScenes)
    .flatMap((group) => sceneInWords(group, rows))
}

function sceneInWords({ scene, level, engine }: Group, rows: readonly Row[]): string[] {
  const examples = rows
    .filter((row) => row.scene === scene && row.level === level)
    .flatMap((row) => ('trial' in row ? row.trial.wrong.map((wrong) => ({ seed: row.seed, wrong })) : []))
    .slice(0, mostExamples)
  const [first] = examples
  return [
    `- **${scene}**: ${(100 * engine.exactShare).toFixed(1)} % exact, F1 ${engine.f1.toFixed(3)}`,
    ...examples.map(({ seed, wrong }) => `  - seed ${seed}: ${wrongInWords(wrong)}`),
    ...(first === undefined
      ? []
      : [`  - \`npm run record -- --scene ${scene} --level ${level} --seed ${first.seed} --out <folder>\``]),
  ]
}

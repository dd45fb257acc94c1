/** The evaluation as a page: what `docs/evaluation.md` holds. */
import type { Group } from './summary.ts'
import { levelTables, lossTable, reliabilityTable, scoreTable } from './table.ts'
import type { Row } from './trial.ts'
import { worstInWords } from './worst.ts'

/** The same groups, rows and command give the same text. */
export function page(groups: readonly Group[], rows: readonly Row[], command: string): string {
  const levels = [...new Set(groups.map(({ level }) => level))]
  const sections = levels.map((level) =>
    section(
      level,
      groups.filter((group) => group.level === level),
      rows,
    ),
  )
  const wholes = levelTables(groups.filter(({ scene }) => scene === null))
  return [intro(command), '## All scenes', wholes, ...sections].join('\n\n')
}

function section(level: string, groups: readonly Group[], rows: readonly Row[]): string {
  const worst = worstInWords(groups, rows)
  const [all] = groups
  return [
    `## ${level}`,
    scoreTable(groups),
    '### Whose the loss is',
    lossTable(groups),
    ...(all === undefined ? [] : ['### Whether a confidence means what it says', reliabilityTable(all)]),
    ...(worst.length === 0 ? [] : ['### Where it breaks', worst.join('\n')]),
  ].join('\n\n')
}

function intro(command: string): string {
  return `# Evaluation

Written by \`${command}\`; not by hand.

Every scene of \`simulators/scenes\` at every level, played, put through the pipeline of a live store and scored.
F1 is the mean over recordings; shares are of all receipts, money is of what was due. An exact receipt has every product and
quantity right and is one bill. *Unseen* is what of *over* is on receipts that are final: the rest waits for a person. *Sure and wrong*: lines billed as final with a confidence of 0.99 or more. ECE is the mean
distance between a confidence and how often it is right.

*Whose the loss is* has F1 / exact receipts in percent. *Greedy* names the nearest mass and the likeliest hand at once, on the
same observations. *Told detection* gets the true changes of weight, with the reach that sensing saw; *told product* gets the
SKU of each change that was found; *told association* gets who people are and who it was. What one of them gains over the
engine is what that stage loses; less than the engine means that two of its mistakes had made up for each other.`
}

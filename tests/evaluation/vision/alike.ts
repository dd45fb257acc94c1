/** Shelves that are hard: beside a product stand those that are most like it. Pure. */
import type { Answer } from './measures.ts'

/**
 * By class the others, the most alike first: of the same kind before any other, and among them whoever is given most
 * probability on pictures of it. `kinds`: coarse class by class.
 */
export function alikeOf(kinds: readonly string[], answers: readonly Answer[]): number[][] {
  const confusion = meanProbabilities(kinds.length, answers)
  return kinds.map((kind, place) => {
    const strange = (other: number) => Number(kinds[other] !== kind)
    const confused = (other: number) => confusion[place]?.[other] ?? 0
    return [...kinds.keys()]
      .filter((other) => other !== place)
      .sort((a, b) => strange(a) - strange(b) || confused(b) - confused(a) || a - b)
  })
}

function meanProbabilities(classCount: number, answers: readonly Answer[]): number[][] {
  return Array.from({ length: classCount }, (_, truth) => {
    const own = answers.filter((answer) => answer.truth === truth)
    return Array.from({ length: classCount }, (_, place) =>
      own.reduce((sum, { probabilities }) => sum + (probabilities[place] ?? 0) / own.length, 0),
    )
  })
}

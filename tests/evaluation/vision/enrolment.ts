/** How well products are recognised that the network never saw, from a few pictures. Pure. */
import { enrol, similarity, softmax } from '../../../edge/inference/product-likelihoods.ts'
import type { Answer } from './measures.ts'

export interface Seen {
  readonly features: Float32Array
  readonly classId: number
}

/** How often other pictures are drawn for enrolling. */
const drawCount = 10

/**
 * Enrols every class from `count` of its `pictures` and says of each of `judged` how likely each product of its shelf is.
 * `shelves`: by class the products of its shelf, places in the answers. Several draws of the pictures, one after another.
 */
export function enrolmentAnswers(
  shelves: ReadonlyMap<number, readonly number[]>,
  pictures: readonly Seen[],
  judged: readonly Seen[],
  { count, temperature }: { readonly count: number; readonly temperature: number },
): Answer[] {
  const needed = [...new Set([...shelves.values()].flat())]
  return Array.from({ length: drawCount }, (_, draw) => {
    const means = new Map(needed.map((id) => [id, enrol(spread(ofClass(pictures, id), count, draw))] as const))
    return judged.map(({ features, classId }) => {
      const shelf = shelves.get(classId) ?? []
      const cosines = shelf.map((id) => similarity(features, means.get(id) ?? features))
      return { probabilities: softmax(cosines, temperature), truth: shelf.indexOf(classId) }
    })
  }).flat()
}

function ofClass(pictures: readonly Seen[], classId: number): Float32Array[] {
  return pictures.filter((picture) => picture.classId === classId).map(({ features }) => features)
}

/** So many of a list, evenly spread over it, since neighbours are often one scene; each `draw` begins one later. */
export function spread<T>(all: readonly T[], count: number, draw = 0): T[] {
  const step = all.length / count
  return Array.from({ length: count }, (_, index) => (Math.floor(index * step) + draw) % all.length).flatMap(
    (place) => all[place] ?? [],
  )
}

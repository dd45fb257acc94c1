/** Of boxes that are about the same thing the surest one (greedy non-maximum suppression). Pure. */
import type { Box } from './framing.ts'
import type { ScoredBox } from './ssd-boxes.ts'

/** More boxes than anybody could tell apart in one view; keeps a network gone wrong from costing the square of 1,917. */
const maxBoxes = 100

/** The surest first. Of equal scores the earlier one is kept. `overlap` is a share of the union of two boxes. */
export function suppress(boxes: readonly ScoredBox[], overlap: number): ScoredBox[] {
  const kept: ScoredBox[] = []
  for (const candidate of [...boxes].sort((a, b) => b.score - a.score).slice(0, maxBoxes))
    if (kept.every(({ box }) => intersectionOverUnion(box, candidate.box) <= overlap)) kept.push(candidate)
  return kept
}

/** 0 where they do not touch (or both are nothing) to 1 where they are the same. */
export function intersectionOverUnion(a: Box, b: Box): number {
  const width = Math.max(0, Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]))
  const height = Math.max(0, Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]))
  const intersection = width * height
  const union = a[2] * a[3] + b[2] * b[3] - intersection
  return union > 0 ? intersection / union : 0
}

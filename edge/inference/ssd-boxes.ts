/** What an SSD network says, as boxes with scores. Pure. */
import type { Box, Size } from './framing.ts'
import type { Anchor } from './ssd-anchors.ts'

/** `score` is a probability. */
export interface ScoredBox {
  readonly box: Box
  readonly score: number
}

export interface SsdOutputs {
  /** By anchor: centre y, centre x, height, width, relative to the anchor. */
  readonly boxes: Float32Array
  /** By anchor: log odds of each class. */
  readonly classes: Float32Array
}

/** What offsets are multiplied with in training, so that they are about as large as each other (TensorFlow Object Detection API). */
const centerScale = 10
const sizeScale = 5

/** Boxes of one class at or above a score, in pixels of the network's input, in the order of the anchors. */
export function ssdBoxes(
  { boxes, classes }: SsdOutputs,
  anchors: readonly Anchor[],
  { label, score, input }: { readonly label: number; readonly score: number; readonly input: Size },
): ScoredBox[] {
  const classCount = classes.length / anchors.length
  const leastLogOdds = Math.log(score / (1 - score))
  const found: ScoredBox[] = []
  // Nearly all of the anchors show nothing: nothing is made of them.
  for (const [index, anchor] of anchors.entries()) {
    const logOdds = classes[index * classCount + label] ?? Number.NEGATIVE_INFINITY
    if (logOdds >= leastLogOdds)
      found.push({ box: boxAt(boxes, index, anchor, input), score: 1 / (1 + Math.exp(-logOdds)) })
  }
  return found
}

function boxAt(boxes: Float32Array, index: number, anchor: Anchor, input: Size): Box {
  const [dy = 0, dx = 0, dh = 0, dw = 0] = boxes.subarray(4 * index, 4 * index + 4)
  const width = Math.exp(dw / sizeScale) * anchor.width * input.width
  const height = Math.exp(dh / sizeScale) * anchor.height * input.height
  const centerX = (anchor.centerX + (dx / centerScale) * anchor.width) * input.width
  const centerY = (anchor.centerY + (dy / centerScale) * anchor.height) * input.height
  return [centerX - width / 2, centerY - height / 2, width, height]
}

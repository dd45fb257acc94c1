/** What a window reaches over the edge of its picture, as ONNX wants it: [top, left, bottom, right]. */
import type { GraphBuilder } from './graph-builder.ts'

/** [height, width] of the window and of its steps. */
export interface Window {
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
}

/** As in the schema's enum Padding. */
const same = 0

/** `padding` as in the schema; VALID reaches over nothing. */
export function windowPads(
  builder: GraphBuilder,
  input: number,
  output: number,
  padding: number,
  { kernel, strides }: Window,
): number[] {
  if (padding !== same) return [0, 0, 0, 0]
  const [, height, width] = builder.shape4(input)
  const [, rows, columns] = builder.shape4(output)
  const [top, bottom] = samePads(height, rows, kernel[0], strides[0])
  const [left, right] = samePads(width, columns, kernel[1], strides[1])
  return [top, left, bottom, right]
}

/** SAME: as little as lets the window take all its steps; an odd one comes after (TensorFlow, tf.nn, "Padding"). */
export function samePads(size: number, steps: number, kernel: number, stride: number): [before: number, after: number] {
  const total = Math.max(0, (steps - 1) * stride + kernel - size)
  return [Math.floor(total / 2), Math.ceil(total / 2)]
}

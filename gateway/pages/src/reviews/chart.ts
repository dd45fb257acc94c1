/** The drawing of weights over time, in drawing units. Pure. */
import type { ChangeEvidence } from '../../../../models/contracts/reviews.ts'

type Weights = ChangeEvidence['weights']

export const chartWidth = 320
export const chartHeight = 200
/** Room for the numbers at the left and below. */
export const chartLeft = 54
const below = 22
const above = 8

export interface Chart {
  readonly lines: readonly { readonly cell: string; readonly points: string }[]
  readonly gramTicks: readonly { readonly y: number; readonly label: string }[]
  readonly secondTicks: readonly { readonly x: number; readonly label: string }[]
  /** Where a moment is, milliseconds after the change. */
  readonly xOf: (ms: number) => number
}

export function chartOf(weights: Weights): Chart {
  const [from, to] = rangeOf(weights.flatMap(({ ms }) => ms).concat(-2000, 2000))
  const [low, high] = rangeOf(weights.flatMap(({ grams }) => grams).concat(0))
  // A flat line is drawn in the middle, not blown up to noise.
  const spare = Math.max(10, 0.08 * (high - low))
  const [bottom, top] = [low - spare, high + spare]
  const xOf = (ms: number) => round(chartLeft + ((ms - from) / (to - from)) * (chartWidth - chartLeft - 6))
  const yOf = (grams: number) => round(above + ((top - grams) / (top - bottom)) * (chartHeight - above - below))
  return {
    lines: weights.map(({ cell, ms, grams }) => ({
      cell,
      points: ms.map((at, i) => `${xOf(at)},${yOf(grams[i] ?? 0)}`).join(' '),
    })),
    gramTicks: ticks(bottom, top).map((grams) => ({ y: yOf(grams), label: `${grams} g` })),
    secondTicks: ticks(from / 1000, to / 1000).map((seconds) => ({ x: xOf(seconds * 1000), label: `${seconds} s` })),
    xOf,
  }
}

function rangeOf(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)]
}

/** Three to six round numbers within a range. */
export function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10)
  const first = Math.ceil(low / step)
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => Number(((first + i) * step).toFixed(6)))
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

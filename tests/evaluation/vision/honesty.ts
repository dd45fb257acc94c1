/** How honest probabilities are where the pictures are few: without what was fitted on them, and beside what chance alone gives. Pure. */
import { softmax } from '../../../edge/inference/product-likelihoods.ts'
import { type Answer, calibrationError } from './measures.ts'

export interface Honesty {
  /** Expected calibration error, each picture judged at a temperature that was fitted on the others. */
  readonly error: number
  /** In 95 of 100 draws of as many of these pictures (bootstrap; chance makes these larger, too). */
  readonly from: number
  readonly to: number
  /** What a perfectly honest classifier shows on so few pictures, in the mean, and in 95 of 100 draws at most. */
  readonly floor: number
  readonly floorAtMost: number
  /** The smallest and the largest of the fitted temperatures, as multiples of the network's own. */
  readonly temperatures: readonly [number, number]
}

const folds = 10
const draws = 1000

/** `random`: numbers from 0 to 1. */
export function honestyOf(answers: readonly Answer[], random: () => number): Honesty {
  const fitted = Array.from({ length: folds }, (_, fold) =>
    bestTemperature(answers.filter((_, at) => at % folds !== fold)),
  )
  const judged = answers.map((answer, at) => tempered(answer, fitted[at % folds] ?? 1))
  const again = sorted(() =>
    calibrationError(judged.map(() => judged[Math.floor(random() * judged.length)] ?? never())),
  )
  const honest = sorted(() => calibrationError(judged.map((answer) => ({ ...answer, truth: drawn(answer, random) }))))
  return {
    error: calibrationError(judged),
    from: at(again, 0.025),
    to: at(again, 0.975),
    floor: honest.reduce((sum, each) => sum + each, 0) / draws,
    floorAtMost: at(honest, 0.95),
    temperatures: [Math.min(...fitted), Math.max(...fitted)],
  }
}

/** By which the logarithms of probabilities are divided so that the truth is likeliest (Guo et al. 2017): golden section. */
export function bestTemperature(answers: readonly Answer[]): number {
  const ratio = (Math.sqrt(5) - 1) / 2
  let [low, high] = [Math.log(0.2), Math.log(5)]
  while (high - low > 1e-3) {
    const [left, right] = [high - ratio * (high - low), low + ratio * (high - low)]
    if (surprise(answers, Math.exp(left)) < surprise(answers, Math.exp(right))) high = right
    else low = left
  }
  return Math.exp((low + high) / 2)
}

function surprise(answers: readonly Answer[], temperature: number): number {
  return answers.reduce(
    (sum, answer) => sum - Math.log(tempered(answer, temperature).probabilities[answer.truth] ?? 0),
    0,
  )
}

/** Nothing is impossible: what has no logarithm counts as this. */
const least = 1e-12

function tempered({ probabilities, truth }: Answer, temperature: number): Answer {
  const scores = probabilities.map((probability) => Math.log(Math.max(probability, least)))
  return { probabilities: softmax(scores, temperature), truth }
}

/** A truth as often as it was said to be. */
function drawn({ probabilities }: Answer, random: () => number): number {
  let left = random()
  const found = probabilities.findIndex((probability) => {
    left -= probability
    return left < 0
  })
  return found < 0 ? probabilities.length - 1 : found
}

function sorted(draw: () => number): number[] {
  return Array.from({ length: draws }, draw).sort((a, b) => a - b)
}

function at(values: readonly number[], share: number): number {
  return values[Math.floor(share * values.length)] ?? Number.NaN
}

function never(): never {
  throw new RangeError('honestyOf(): found no pictures, wanted at least one')
}

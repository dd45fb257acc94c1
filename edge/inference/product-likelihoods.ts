/** From what the network says to how likely each product is. Pure arithmetic. */

/** Probabilities that sum to 1; a larger temperature is less sure (Guo et al. 2017). */
export function softmax(scores: Iterable<number>, temperature: number): number[] {
  const scaled = Array.from(scores, (score) => score / temperature)
  const largest = scaled.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY)
  const powers = scaled.map((score) => Math.exp(score - largest))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}

/** Places of the `count` largest, the largest first; of equals the earlier. */
export function largest(probabilities: readonly number[], count: number): number[] {
  const at = (place: number) => probabilities[place] ?? 0
  return [...probabilities.keys()].sort((a, b) => at(b) - at(a) || a - b).slice(0, count)
}

/** Cosine of two unit vectors. */
export function similarity(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0)
}

/**
 * A product that the network was not trained on, from a few of its pictures: the direction of their mean (nearest class
 * mean, Mensink et al. 2013). A picture is compared with it by `similarity`.
 */
export function enrol(looks: readonly Float32Array[]): Float32Array {
  const [first] = looks
  if (first === undefined) throw new RangeError('enrol(): found no pictures, wanted at least one')
  const sum = first.map((_, index) => looks.reduce((total, features) => total + (features[index] ?? 0), 0))
  const length = Math.hypot(...sum)
  return sum.map((value) => value / length)
}

/** How good and how honest a classifier is. Pure arithmetic. */

/** What was said of one picture: probabilities by class, and which class it is. */
export interface Answer {
  readonly probabilities: readonly number[]
  readonly truth: number
}

export interface Share {
  readonly count: number
  readonly value: number
  /** 95 % of repetitions with as many pictures fall between (Wilson 1927). */
  readonly from: number
  readonly to: number
}

export function share(right: readonly boolean[]): Share {
  const count = right.length
  const value = right.filter(Boolean).length / Math.max(count, 1)
  const z = 1.96
  const middle = (value + z ** 2 / (2 * count)) / (1 + z ** 2 / count)
  const half = (z * Math.sqrt((value * (1 - value)) / count + z ** 2 / (4 * count ** 2))) / (1 + z ** 2 / count)
  return { count, value, from: middle - half, to: middle + half }
}

/** Whether the truth is among the `count` likeliest; who is as likely as the truth counts as before it. */
export function isAmongFirst({ probabilities, truth }: Answer, count: number): boolean {
  const own = probabilities[truth] ?? 0
  return probabilities.filter((probability, place) => place !== truth && probability >= own).length < count
}

/** As published: bins of one fifteenth (Guo et al. 2017). */
const binCount = 15

/** Expected calibration error: mean distance between what was said of the likeliest class and how often it was so. */
export function calibrationError(answers: readonly Answer[]): number {
  const bins = Array.from({ length: binCount }, () => ({ said: 0, so: 0 }))
  for (const answer of answers) {
    const most = Math.max(...answer.probabilities)
    const bin = bins[Math.min(binCount - 1, Math.floor(most * binCount))]
    if (bin === undefined) continue
    bin.said += most
    bin.so += Number(isAmongFirst(answer, 1))
  }
  return bins.reduce((sum, { said, so }) => sum + Math.abs(said - so), 0) / Math.max(answers.length, 1)
}

/** The same answer when only these classes can be meant, as at a shelf. */
export function amongst({ probabilities, truth }: Answer, candidates: readonly number[]): Answer {
  const sum = candidates.reduce((total, place) => total + (probabilities[place] ?? 0), 0)
  return {
    probabilities: probabilities.map((probability, place) => (candidates.includes(place) ? probability / sum : 0)),
    truth,
  }
}

/**
 * Fewer hypotheses that say the same. The likeliest combinations of many doubts leave out the unlikely answers to each: cut
 * off at a number, they would be surer of everything than what they were cut from. So the heaviest stay as they are, and of
 * the others an even sample stands for all, each with the weight of those that it stands for (Fearnhead and Clifford 2003,
 * On-line inference for hidden Markov models via particle filters, section 3).
 */

/** One that is kept: which, and its share of all weight. */
export interface Kept {
  readonly index: number
  readonly weight: number
}

/** At most so many of a list of weights, in its order. The sample is taken evenly along it, without chance. */
export function thinned(weights: readonly number[], most: number): Kept[] {
  let total = 0
  for (const weight of weights) total += weight
  const least = leastShare(weights, total, most)
  const kept: Kept[] = []
  let passed = least / 2
  for (const [index, weight] of weights.entries()) {
    const share = weight / total
    if (share < least) passed += share
    if (share >= least) kept.push({ index, weight: share })
    else if (passed >= least) {
      kept.push({ index, weight: least })
      passed -= least
    }
  }
  return kept
}

/** What each of the sample weighs, so that there are so many with those that weigh more; 0 where all may stay. */
function leastShare(weights: readonly number[], total: number, most: number): number {
  if (weights.length <= most) return 0
  for (let least = 1 / most; ; ) {
    let [heavy, rest] = [0, 0]
    for (const weight of weights)
      if (weight / total >= least) heavy += 1
      else rest += weight / total
    const next = rest / (most - heavy)
    // More are heavy each time, and never so many as are wanted but of those that weigh the same.
    if (heavy >= most || next >= least) return least
    least = next
  }
}

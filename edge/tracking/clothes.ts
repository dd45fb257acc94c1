/** How alike the colours of two people's clothes are. Pure. */

/** 0: the same, 1: no colour in common (Hellinger, of two histograms that each sum to 1). */
export function clothesDistance(a: readonly number[], b: readonly number[]): number {
  let shared = 0
  for (const [index, share] of a.entries()) shared += Math.sqrt(share * (b[index] ?? 0))
  return Math.sqrt(Math.max(0, 1 - shared))
}

/** How fast a person's colours follow what is seen: light changes from aisle to aisle, and one crop in some is half hidden. */
const gain = 0.1

export function followClothes(
  known: readonly number[] | null,
  seen: readonly number[] | null,
): readonly number[] | null {
  if (known === null || seen === null || known.length !== seen.length) return known ?? seen
  return known.map((share, index) => share + gain * ((seen[index] ?? 0) - share))
}

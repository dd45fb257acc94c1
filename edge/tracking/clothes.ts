/** How alike two people's clothes are, and what is remembered of somebody's. Pure. */

/** What each camera saw last of somebody's clothes: light, and front or back, differ from camera to camera. */
export type Clothes = Record<string, readonly number[]>

/**
 * Spread of the distance of the same person's clothes from sight to sight, so that the square of it in these units weighs
 * like that of a place. On person-video half of the distances within a visit are below 0.1 and 90 % below 0.35; between
 * visits half are above 0.15 (black beside black) to 0.75. Of four cameras of a rendered shop: within one camera half below
 * 0.22 and 90 % below 0.38, from one to another half below 0.4 and 90 % below 0.55, of two people half above 0.57.
 */
const spreadOf = { sameCamera: 0.13, otherCamera: 0.2 } as const
/** Beyond nearly all distances of one person's, in spreads: they are somebody else. */
const mostSpreads = 3.5
/** How fast a person's colours follow what is seen: light changes from aisle to aisle, and one crop in some is half hidden. */
const gain = 0.1

/** Hellinger distance of two histograms: 0 for the same, 1 for no colour in common. */
export function clothesDistance(a: readonly number[], b: readonly number[]): number {
  let shared = 0
  for (const [index, share] of a.entries()) shared += Math.sqrt(share * (b[index] ?? 0))
  return Math.sqrt(Math.max(0, 1 - shared))
}

/** How unlike what a camera sees now is to somebody's clothes, in spreads; 0 where nothing can be compared. */
export function clothesApart(known: Clothes, camera: string, seen: readonly number[] | null): number {
  if (seen === null) return 0
  const own = known[camera]
  if (own !== undefined) return clothesDistance(own, seen) / spreadOf.sameCamera
  const others = Object.values(known).map((each) => clothesDistance(each, seen))
  return others.length === 0 ? 0 : Math.min(...others) / spreadOf.otherCamera
}

/** The same of all that is remembered of two people: the best pair of one camera, else of any two. */
export function wardrobesApart(a: Clothes, b: Clothes): number {
  const apart = Object.entries(b).map(([camera, seen]) => ({ camera, spreads: clothesApart(a, camera, seen) }))
  const same = apart.filter(({ camera }) => a[camera] !== undefined)
  const all = (same.length > 0 ? same : apart).map(({ spreads }) => spreads)
  return all.length === 0 ? 0 : all.reduce((sum, each) => sum + each, 0) / all.length
}

export function isOtherClothes(spreads: number): boolean {
  return spreads > mostSpreads
}

/** Remembers what a camera sees of their clothes, and lets go of such a share of what it saw before. */
export function followClothes(clothes: Clothes, camera: string, seen: readonly number[] | null, share = gain): void {
  if (seen === null) return
  const known = clothes[camera]
  clothes[camera] =
    known === undefined || known.length !== seen.length
      ? seen
      : known.map((each, index) => each + share * ((seen[index] ?? 0) - each))
}

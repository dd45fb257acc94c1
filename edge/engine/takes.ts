/** What made plates lighter: merchandise, what lay there out of its place, or both at once, taken by one person or by two. */
import { type Candidate, pairs } from './candidates.ts'
import { type Act, type Contents, cartOf, type Explanation, lyingOn, roundedGrams, type Thing } from './hypothesis.ts'
import { impossible, placePrior, plateGain, sameThingDensity, sharedPrior, staffTakes } from './likelihood.ts'
import { type Actor, type Option, oddsOf, option, type Scene, thingsOf } from './options.ts'
import type { Part } from './parts.ts'
import { isHand } from './resting.ts'
import { type Supposed, supposed } from './standing.ts'

/** A hand that rests on a plate, or bears a part of something there, takes it in the end as often as not (S). */
const handTakes = 0.5
/** Beside a thing that lies here so many kinds of merchandise are thought of: one fits, the others hardly weigh the same. */
export const mostBeside = 4
/** Lighter merchandise hides in what two weighings of the thing differ by. */
export const leastBesideGrams = 10

interface Kind extends Supposed {
  readonly candidate: Candidate
}

/** All ways to explain a part that fell, but for nothing having been taken. */
export function takes(scene: Scene, part: Part, contents: Contents): Option[] {
  const { actors } = scene
  const kinds = part.candidates.flatMap((candidate) =>
    supposed(scene.catalogue, part, candidate).map((how) => ({ ...how, candidate })),
  )
  return [
    ...actors.flatMap((actor) => [...merchandise(kinds, part, actor, contents), ...takenBack(part, actor, contents)]),
    ...pairs(actors).flatMap((two) => (areThere(part, two) ? sharedPicks(part, two, contents) : [])),
    ...lyingHere(part, contents).flatMap((found) => besides(scene, part, found, contents)),
  ]
}

/** `kinds`: what it may be, each with every way in which that came to be here. */
function merchandise(kinds: readonly Kind[], part: Part, actor: Actor, contents: Contents): Option[] {
  const logOdds = oddsOf(actor, part) + (actor.staff ? Math.log(staffTakes) : 0)
  return kinds.map(({ candidate, logPrior, places }) =>
    option(logOdds + logPrior + candidate.logLikelihood, () => {
      const picked = pick(part, actor, contents, candidate.items)
      return { acts: picked.acts, places: { ...picked.places, ...places } }
    }),
  )
}

/** Two people take something from the same place in the same moment: both hands are there, or it is not worth a thought. */
function areThere(part: Part, [a, b]: readonly [Actor, Actor]): boolean {
  return a.holder !== null && b.holder !== null && Math.min(oddsOf(a, part), oddsOf(b, part)) > 0
}

/** One each. */
function sharedPicks(part: Part, [a, b]: readonly [Actor, Actor], contents: Contents): Option[] {
  return part.candidates.flatMap(({ items, logLikelihood }) => {
    const [first, second, ...more] = items.flatMap((item) =>
      Array.from({ length: item.quantity }, () => ({ ...item, quantity: 1 })),
    )
    if (first === undefined || second === undefined || more.length > 0) return []
    const ways =
      first.sku === second.sku
        ? [[first, second]]
        : [
            [first, second],
            [second, first],
          ]
    const logPrior = Math.log(sharedPrior / ways.length)
    return ways.map(([mine = first, theirs = second]) =>
      option(oddsOf(a, part) + oddsOf(b, part) + logLikelihood + logPrior, () => {
        const left = pick(part, a, contents, [mine])
        const right = pick(part, b, contents, [theirs])
        return { acts: [...left.acts, ...right.acts], places: { ...left.places, ...right.places } }
      }),
    )
  })
}

export function pick(
  part: Part,
  actor: Actor,
  contents: Contents,
  items: Candidate['items'],
): Pick<Explanation, 'acts' | 'places'> {
  const acts = items.map(
    ({ sku, quantity, gramsEach }): Act => ({
      kind: 'pick',
      sku,
      quantity,
      grams: roundedGrams(quantity * gramsEach),
      cells: part.cells,
      holder: actor.holder,
    }),
  )
  // Staff owe nothing and fill shelves all day: what they hold is of no interest.
  if (actor.holder === null || actor.staff) return { acts, places: {} }
  const cart = cartOf(actor.holder)
  return { acts, places: { [cart]: [...contents(cart), ...thingsOf(items, part)] } }
}

interface Found {
  readonly lying: Thing
  /** What is left there without it. */
  readonly rest: Explanation['places']
}

/** Each thing out of its place on the plates of a part. */
function lyingHere({ cells }: Part, contents: Contents): Found[] {
  return cells.flatMap((cell) => {
    const place = lyingOn(cell)
    return contents(place).map((lying, i, all) => ({ lying, rest: { [place]: all.filter((_, other) => other !== i) } }))
  })
}

/** What lies here out of its place is known by its own weight. */
function takenBack(part: Part, actor: Actor, contents: Contents): Option[] {
  return lyingHere(part, contents).flatMap((found) => {
    const { lying } = found
    const density = sameThingDensity(lying.grams, lying.sdGrams, part, lying.cell === part.cell)
    if (density < impossible) return []
    const logLikelihood = oddsOf(actor, part) + Math.log(placePrior.lying * density)
    return [option(logLikelihood, () => takeBack(part, actor, contents, found, part.grams))]
  })
}

/** Foreign things are nobody's. */
function takeBack(part: Part, actor: Actor, contents: Contents, { lying: { sku }, rest }: Found, gramsEach: number) {
  if (sku === null) return { acts: [], places: rest }
  const { acts, places } = pick(part, actor, contents, [{ sku, quantity: 1, gramsEach }])
  return { acts, places: { ...places, ...rest } }
}

/** What lies here and merchandise at the same time: both by one person, or one each by two. */
function besides({ weigh, actors }: Scene, part: Part, found: Found, contents: Contents): Option[] {
  const { lying } = found
  const grams = part.grams - lying.grams
  if (grams < leastBesideGrams) return []
  const merchandise = { ...part, grams, sdGrams: Math.hypot(part.sdGrams, lying.sdGrams, plateGain * lying.grams) }
  const candidates = weigh(merchandise).slice(0, mostBeside)
  const ways = (one: Actor, other: Actor, logPrior: number) =>
    candidates.map(({ items, logLikelihood }) =>
      option(logPrior + logLikelihood, () => {
        const picked = pick(merchandise, one, contents, items)
        const after: Contents = (place) => picked.places[place] ?? contents(place)
        const back = takeBack({ ...part, sdGrams: lying.sdGrams }, other, after, found, lying.grams)
        return { acts: [...picked.acts, ...back.acts], places: { ...picked.places, ...back.places } }
      }),
    )
  const logBoth = Math.log(isHand(lying) ? handTakes : placePrior.lying * placePrior.pair)
  return [
    ...actors.flatMap((actor) => ways(actor, actor, logBoth + oddsOf(actor, part))),
    ...pairs(actors).flatMap(([a, b]) => {
      if (!areThere(part, [a, b])) return []
      const logPrior = logBoth + oddsOf(a, part) + oddsOf(b, part) + Math.log(sharedPrior / 2)
      return [...ways(a, b, logPrior), ...ways(b, a, logPrior)]
    }),
  ]
}

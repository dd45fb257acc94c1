/** One thing is set down and another lifted at the same plates in the same moment, by two people or by both hands of one. */
import type { Catalogue } from './catalogue.ts'
import { type Contents, cartOf } from './hypothesis.ts'
import { exchangePrior, plateGain, putPrior } from './likelihood.ts'
import { type Actor, type Option, oddsOf, option, type Scene } from './options.ts'
import type { Part } from './parts.ts'
import { putDown } from './puts.ts'
import { leastBesideGrams, mostBeside, pick } from './takes.ts'

/** Of a full cart the things that were taken last: what is put back has rather just been taken (S). */
const mostHeld = 6
/** What is lifted stands here, or it is not worth a thought: within this of its mass (M: 5 % and some grams at most). */
const fitShare = 0.06
const fitGrams = 5

/** All ways to explain a part as what one thing outweighs another by. */
export function exchanges(scene: Scene, part: Part, contents: Contents): Option[] {
  if (part.passes) return []
  const there = scene.actors.filter((actor) => actor.holder !== null && !actor.staff && oddsOf(actor, part) > 0)
  return there.flatMap((putter) => {
    const held = contents(cartOf(putter.holder ?? ''))
    const first = Math.max(0, held.length - mostHeld)
    return held.slice(first).flatMap((thing, i) => {
      const grams = part.falls ? thing.grams + part.grams : thing.grams - part.grams
      if (grams < leastBesideGrams || !isOneOf(scene.catalogue, part, grams)) return []
      const sdGrams = Math.hypot(part.sdGrams, thing.sdGrams, plateGain * thing.grams)
      const lifted = { ...part, grams, sdGrams, falls: true }
      const logPrior = Math.log(putPrior.own / held.length)
      return there.flatMap((taker) => ways(scene, lifted, logPrior, [putter, first + i], taker, contents))
    })
  })
}

function isOneOf({ facings, products }: Catalogue, { cells }: Part, grams: number): boolean {
  const here = cells.flatMap((cell) => facings.get(cell) ?? [])
  return here.some((sku) => {
    const mean = products.get(sku)?.massGrams.mean ?? 0
    return Math.abs(grams - mean) <= fitShare * mean + fitGrams
  })
}

/** `index`: of the thing in the cart of who put it. */
function ways(
  { catalogue, weigh }: Scene,
  lifted: Part,
  logHeld: number,
  [putter, index]: readonly [Actor, number],
  taker: Actor,
  contents: Contents,
): Option[] {
  const logHands =
    putter === taker ? Math.log(exchangePrior.alone) : oddsOf(taker, lifted) + Math.log(exchangePrior.two)
  const logPrior = oddsOf(putter, lifted) + logHands + logHeld
  return weigh(lifted)
    .slice(0, mostBeside)
    .map(({ items, logLikelihood }) =>
      option(logPrior + logLikelihood, () => {
        const down = putDown(catalogue, lifted, putter, putter.holder ?? '', [index], contents)
        const after: Contents = (place) => down.places[place] ?? contents(place)
        const up = pick(lifted, taker, after, items)
        return { acts: [...down.acts, ...up.acts], places: { ...down.places, ...up.places } }
      }),
    )
}

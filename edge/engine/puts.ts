/** What it may have been that made a plate heavier: something of a cart, merchandise from outside, anything foreign. */
import type { Catalogue } from './catalogue.ts'
import type { Fitting, FittingIn, Fittings } from './fitting.ts'
import { type Act, type Contents, cartOf, type Explanation, lyingOn, roundedGrams, type Thing } from './hypothesis.ts'
import { impossible, massRangeGrams, putPrior, staffFills } from './likelihood.ts'
import { type Actor, type Option, oddsOf, option, type Scene, thing, thingsOf } from './options.ts'
import type { Part } from './parts.ts'

/** Of what nobody saw taken before only the likeliest is worth a thought. */
const mostUnseen = 3
/** A plate of 10 x 40 cm holds no more than this many things out of place that anybody could tell apart. */
const mostLying = 12

/** All ways in which somebody put what a part rose by. */
export function puts(scene: Scene, part: Part, actor: Actor, contents: Contents, fitting: FittingIn): Option[] {
  const { catalogue, owners } = scene
  const foreign = option(oddsOf(actor, part) + Math.log(putPrior.foreign / massRangeGrams), () => ({
    acts: [],
    places: lay(catalogue, part, contents, [thing(null, part.grams, part, 1)]),
  }))
  const put = (owner: string, one: Fitting, prior: number) => putOf(catalogue, part, actor, owner, one, prior, contents)
  return [
    foreign,
    ...(actor.holder === null ? [] : ownPuts(actor.holder, fitting(actor.holder), put)),
    ...owners.flatMap((owner) =>
      owner === actor.holder ? [] : fitting(owner).singles.flatMap((one) => put(owner, one, putPrior.others)),
    ),
    ...restocks(catalogue, part, actor, contents),
  ]
}

function ownPuts(
  holder: string,
  { singles, pairs, held, several }: Fittings,
  put: (owner: string, one: Fitting, prior: number) => Option[],
): Option[] {
  return [
    ...singles.flatMap((one) => put(holder, one, putPrior.own / held)),
    ...pairs.flatMap((one) => put(holder, one, putPrior.ownSeveral / several)),
  ]
}

/** Somebody puts some things of a cart, theirs or another's. */
function putOf(
  catalogue: Catalogue,
  part: Part,
  actor: Actor,
  owner: string,
  { indexes, density }: Fitting,
  prior: number,
  contents: Contents,
): Option[] {
  const passing = part.passes && !actor.staff ? putPrior.passing : 1
  const likelihood = passing * prior * density
  if (likelihood < impossible) return []
  return [
    option(oddsOf(actor, part) + Math.log(likelihood), () => putDown(catalogue, part, actor, owner, indexes, contents)),
  ]
}

/** `indexes`: of the things in the cart that they come from. */
export function putDown(
  catalogue: Catalogue,
  part: Part,
  actor: Actor,
  owner: string,
  indexes: readonly number[],
  contents: Contents,
): Pick<Explanation, 'acts' | 'places'> {
  const cart = cartOf(owner)
  const held = contents(cart)
  const things = indexes.flatMap((i) => held[i] ?? [])
  const laid = things.map((one) => ({ ...one, cell: part.cell }))
  return {
    acts: things.map((one) => putBy(actor, part, one)),
    places: { ...lay(catalogue, part, contents, laid), [cart]: held.filter((_, i) => !indexes.includes(i)) },
  }
}

function putBy({ holder }: Actor, { cells }: Part, { sku, grams }: Thing): Act {
  return { kind: 'put', sku, quantity: 1, grams, cells, holder }
}

/** Merchandise that comes from outside: staff fill shelves, and now and then a pick was missed before. */
function restocks(catalogue: Catalogue, part: Part, actor: Actor, contents: Contents): Option[] {
  const logPrior = oddsOf(actor, part) + Math.log(actor.staff ? staffFills * putPrior.restock : putPrior.unseenPick)
  const candidates = actor.staff ? part.candidates : part.candidates.slice(0, mostUnseen)
  return candidates.map(({ items, logLikelihood }) =>
    option(logPrior + logLikelihood, () => ({
      acts: items.map(
        ({ sku, quantity, gramsEach }): Act => ({
          kind: 'put',
          sku,
          quantity,
          grams: roundedGrams(quantity * gramsEach),
          cells: part.cells,
          holder: actor.holder,
        }),
      ),
      places: lay(catalogue, part, contents, thingsOf(items, part)),
    })),
  )
}

/** Things in their own facing are stock again; others are remembered where they lie. */
function lay(catalogue: Catalogue, part: Part, contents: Contents, things: readonly Thing[]) {
  const here = part.cells.flatMap((cell) => catalogue.facings.get(cell) ?? [])
  const misplaced = things.filter(({ sku }) => sku === null || !here.includes(sku))
  if (misplaced.length === 0) return {}
  const place = lyingOn(part.cell)
  return { [place]: [...contents(place), ...misplaced].slice(-mostLying) }
}

/** Every sensible explanation of a change on a shelf, given what one hypothesis says about carts and misplaced things. */
import { type Candidate, pairs } from './candidates.ts'
import type { Catalogue } from './catalogue.ts'
import { type Fitting, type FittingIn, type Fittings, fittingIn } from './fitting.ts'
import {
  type Act,
  type Contents,
  cartOf,
  type Explanation,
  lyingOn,
  type PlaceKey,
  roundedGrams,
  type Thing,
} from './hypothesis.ts'
import {
  impossible,
  leftOnFloor,
  massRangeGrams,
  mostLeanLogOdds,
  nobodyLogOdds,
  nothingDensity,
  placePrior,
  putPrior,
  sameThingDensity,
  sharedPrior,
  staffFills,
  staffTakes,
} from './likelihood.ts'
import type { Part, Parting } from './parts.ts'
import { asItStands, supposed } from './standing.ts'

/** Somebody who may have done it. */
export interface Actor {
  /** Whose cart it concerns: a shopper, or `@account`; null: nobody who was seen. */
  readonly holder: string | null
  readonly staff: boolean
  /** For each cell of the change. */
  readonly logOdds: readonly number[]
}

/** Explanations that are worse than the best of their hypothesis by a factor of e^10 are not worth their memory. */
const worstLogRatio = 10
const mostExplanations = 32
/** Of what nobody saw taken before only the likeliest is worth a thought. */
const mostUnseen = 3
/** A plate of 10 x 40 cm holds no more than this many things out of place that anybody could tell apart. */
const mostLying = 12

/** Those who were seen, and nobody. */
export function actorsOf(seen: readonly Actor[], cells: number): Actor[] {
  return [...seen, { holder: null, logOdds: Array.from({ length: cells }, () => nobodyLogOdds), staff: false }]
}

/** The explanations of a change, best first. `owners`: whoever else may hold what was put. */
export function explain(
  catalogue: Catalogue,
  ways: readonly Parting[],
  actors: readonly Actor[],
  contents: Contents,
  owners: readonly string[] = [],
): Explanation[] {
  const scene = { catalogue, actors, owners }
  const start = { acts: [], places: {}, counted: {} }
  return best(
    ways.flatMap(({ parts, logPrior }) =>
      parts.reduce<Begun[]>(
        (partial, part) => extend(scene, part, contents, partial),
        [{ ...start, logLikelihood: logPrior }],
      ),
    ),
  )
}

/** An explanation of the first parts of a change. */
interface Begun extends Explanation {
  /** What speaks for each holder and was counted: a hand at a shelf is seen once, whatever it did there. */
  readonly counted: Readonly<Record<string, number>>
}

interface Scene {
  readonly catalogue: Catalogue
  readonly actors: readonly Actor[]
  readonly owners: readonly string[]
}

/** All ways to go on from all partial explanations; only the best are spelled out. */
function extend(scene: Scene, part: Part, contents: Contents, partial: readonly Begun[]): Begun[] {
  const further = partial.flatMap((before) => {
    const now: Contents = (place) => before.places[place] ?? contents(place)
    const actors = scene.actors.map((actor) => uncounted(actor, part, before.counted))
    const options =
      part.until === undefined
        ? optionsFor({ ...scene, actors }, part, now)
        : [leans(part, scene.actors, before.counted)]
    return options.map(({ logLikelihood, make, by }) => ({
      logLikelihood: before.logLikelihood + logLikelihood,
      before,
      make,
      by,
    }))
  })
  return best(further).map(({ logLikelihood, before, make, by }) => {
    const { acts, places } = make()
    const counted = { ...before.counted }
    for (const holder of [...acts.map((act) => act.holder), ...(by === undefined ? [] : [by])]) {
      const actor = scene.actors.find((one) => one.holder === holder)
      if (holder !== null && actor !== undefined) counted[holder] = Math.max(counted[holder] ?? 0, oddsOf(actor, part))
    }
    return { acts: [...before.acts, ...acts], places: { ...before.places, ...places }, logLikelihood, counted }
  })
}

/** The actor with what still speaks for them when so much was counted for another part. */
function uncounted(actor: Actor, part: Part, counted: Begun['counted']): Actor {
  const already = actor.holder === null ? undefined : counted[actor.holder]
  if (already === undefined) return actor
  const odds = oddsOf(actor, part)
  const logOdds = actor.logOdds.map((one, i) => (i === part.index && odds > 0 ? Math.max(0, odds - already) : one))
  return { ...actor, logOdds }
}

function optionsFor(scene: Scene, asPlanned: Part, contents: Contents): Option[] {
  const { actors, catalogue } = scene
  const part = asItStands(catalogue, asPlanned, contents)
  const nothing = option(Math.log(nothingDensity(part.grams)), () => ({ acts: [], places: {} }))
  if (!part.falls) {
    const fitting = fittingIn(part, contents)
    return [nothing, ...actors.flatMap((actor) => rises(scene, part, actor, contents, fitting))]
  }
  return [
    nothing,
    ...actors.flatMap((actor) => falls(catalogue, part, actor, contents)),
    ...pairs(actors).flatMap((two) => sharedPicks(part, two, contents)),
  ]
}

/** An explanation of one part that is only spelled out when its likelihood is worth it. */
interface Option {
  readonly logLikelihood: number
  readonly make: () => Pick<Explanation, 'acts' | 'places'>
  /** Who had a hand there, though no thing was moved. */
  readonly by?: string | null
}

/** A hand that left nothing: of somebody who did something here too, for whom that speaks no more, or the likeliest other's. */
function leans(part: Part, actors: readonly Actor[], counted: Begun['counted']): Option {
  const oddsFor = (actor: Actor) =>
    actor.holder !== null && Object.hasOwn(counted, actor.holder) ? 0 : Math.min(mostLeanLogOdds, oddsOf(actor, part))
  const likeliest = actors.reduce((a, b) => (oddsFor(b) > oddsFor(a) ? b : a))
  const logLikelihood = oddsFor(likeliest) + (part.candidates[0]?.logLikelihood ?? 0)
  return { logLikelihood, make: () => ({ acts: [], places: {} }), by: likeliest.holder }
}

/** Made by the thousand: a function in an object is given its name when the code runs, one that is handed over is not. */
function option(logLikelihood: number, make: Option['make']): Option {
  return { logLikelihood, make }
}

function best<T extends { readonly logLikelihood: number }>(options: readonly T[]): T[] {
  const top = options.reduce((most, { logLikelihood }) => Math.max(most, logLikelihood), Number.NEGATIVE_INFINITY)
  return options
    .filter(({ logLikelihood }) => logLikelihood >= top - worstLogRatio)
    .sort((a, b) => b.logLikelihood - a.logLikelihood)
    .slice(0, mostExplanations)
}

function falls(catalogue: Catalogue, part: Part, actor: Actor, contents: Contents): Option[] {
  const logOdds = oddsOf(actor, part) + (actor.staff ? Math.log(staffTakes) : 0)
  const picks = part.candidates.flatMap((candidate) =>
    supposed(catalogue, part, candidate).map(({ logPrior, places }) =>
      option(logOdds + logPrior + candidate.logLikelihood, () => {
        const picked = pick(part, actor, contents, candidate)
        return { acts: picked.acts, places: { ...picked.places, ...places } }
      }),
    ),
  )
  return [...picks, ...takenBack(part, actor, contents)]
}

/** A hand that came and went was there both times. */
function oddsOf(actor: Actor, { index, until = index }: Part): number {
  return Math.min(actor.logOdds[index] ?? nobodyLogOdds, actor.logOdds[until] ?? nobodyLogOdds)
}

/** Two people take one each from the same place in the same moment: both hands are there, or it is not worth a thought. */
function sharedPicks(part: Part, [a, b]: readonly [Actor, Actor], contents: Contents): Option[] {
  if (a.holder === null || b.holder === null || Math.min(oddsOf(a, part), oddsOf(b, part)) <= 0) return []
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
        const left = pick(part, a, contents, { items: [mine] })
        const right = pick(part, b, contents, { items: [theirs] })
        return { acts: [...left.acts, ...right.acts], places: { ...left.places, ...right.places } }
      }),
    )
  })
}

function pick(
  part: Part,
  actor: Actor,
  contents: Contents,
  { items }: Pick<Candidate, 'items'>,
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

function thingsOf(items: Candidate['items'], part: Part): Thing[] {
  return items.flatMap(({ sku, quantity, gramsEach }) =>
    Array.from({ length: quantity }, () => thing(sku, gramsEach, part, quantity * items.length)),
  )
}

/** One of several weighed together is known only to the spread between them. */
function thing(sku: string | null, grams: number, part: Part, together: number): Thing {
  const sdGrams = together === 1 ? part.sdGrams : Math.hypot(part.sdGrams / together, 0.02 * grams)
  return { sku, grams: roundedGrams(grams), sdGrams: roundedGrams(sdGrams), cell: part.cell }
}

/** What lies here out of its place is known by its own weight. */
function takenBack(part: Part, actor: Actor, contents: Contents): Option[] {
  return part.cells.flatMap((cell) => {
    const place = lyingOn(cell)
    return contents(place).flatMap((lying, i, all) => {
      const density = sameThingDensity(lying.grams, lying.sdGrams, part, lying.cell === part.cell)
      if (density < impossible) return []
      return [
        option(oddsOf(actor, part) + Math.log(placePrior.lying * density), () => {
          const rest = { [place]: all.filter((_, other) => other !== i) }
          if (lying.sku === null) return { acts: [], places: rest }
          const items = [{ sku: lying.sku, quantity: 1, gramsEach: part.grams }]
          const { acts, places } = pick(part, actor, contents, { items })
          return { acts, places: { ...places, ...rest } }
        }),
      ]
    })
  })
}

function rises(scene: Scene, part: Part, actor: Actor, contents: Contents, fitting: FittingIn): Option[] {
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
    option(oddsOf(actor, part) + Math.log(likelihood), () => {
      const cart = cartOf(owner)
      const held = contents(cart)
      const things = indexes.flatMap((i) => held[i] ?? [])
      const laid = things.map((one) => ({ ...one, cell: part.cell }))
      return {
        acts: things.map((one) => putBy(actor, part, one)),
        places: {
          ...lay(catalogue, part, contents, laid),
          [cart]: held.filter((_, i) => !indexes.includes(i)),
        },
      }
    }),
  ]
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

/** Somebody's hand was at the floor: nothing, or one of the things they hold, is left there; the last one soonest. */
export function leftBehind(place: PlaceKey, held: readonly Thing[]): Explanation[] {
  const { share, last } = leftOnFloor
  const which = (i: number) => (held.length === 1 ? 1 : i === held.length - 1 ? last : (1 - last) / (held.length - 1))
  return [
    { acts: [], places: {}, logLikelihood: Math.log(1 - share) },
    ...held.map((_, i) => ({
      acts: [],
      places: { [place]: held.filter((__, other) => other !== i) },
      logLikelihood: Math.log(share * which(i)),
    })),
  ]
}

/** Things in their own facing are stock again; others are remembered where they lie. */
function lay(catalogue: Catalogue, part: Part, contents: Contents, things: readonly Thing[]) {
  const here = part.cells.flatMap((cell) => catalogue.facings.get(cell) ?? [])
  const misplaced = things.filter(({ sku }) => sku === null || !here.includes(sku))
  if (misplaced.length === 0) return {}
  const place = lyingOn(part.cell)
  return { [place]: [...contents(place), ...misplaced].slice(-mostLying) }
}

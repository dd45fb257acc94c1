/** Every sensible explanation of a change on a shelf, given what one hypothesis says about carts and misplaced things. */
import { exchanges } from './exchanges.ts'
import { fittingIn } from './fitting.ts'
import type { Contents, Explanation, PlaceKey, Thing } from './hypothesis.ts'
import { leftOnFloor, mostLeanLogOdds, nobodyLogOdds, nothingDensity } from './likelihood.ts'
import { type Actor, type Option, oddsOf, option, type Scene } from './options.ts'
import type { Part, Parting } from './parts.ts'
import { puts } from './puts.ts'
import { rests } from './resting.ts'
import { asItStands } from './standing.ts'
import { takes } from './takes.ts'

/** Explanations that are worse than the best of their hypothesis by a factor of e^10 are not worth their memory. */
const worstLogRatio = 10
const mostExplanations = 32

/** Those who were seen, and nobody. */
export function actorsOf(seen: readonly Actor[], cells: number): Actor[] {
  return [...seen, { holder: null, logOdds: Array.from({ length: cells }, () => nobodyLogOdds), staff: false }]
}

/** Parts to be laid to somebody: some 0.1 ms each, with all ways to go on from 32 beginnings; the change of a shelf at which a child plays has hundreds. */
const mostWork = 5_000
const fewestPresents = 4

/** Under how many presents a change can be explained in that time. */
export function presentsFor(ways: readonly Parting[], actors: readonly Actor[]): number {
  const each = ways.reduce((sum, { parts }) => sum + parts.length * actors.length, 1)
  return Math.max(fewestPresents, Math.floor(mostWork / each))
}

/** The explanations of a change, best first. */
export function explain(
  { catalogue, weigh }: Pick<Scene, 'catalogue' | 'weigh'>,
  ways: readonly Parting[],
  actors: readonly Actor[],
  contents: Contents,
  owners: readonly string[] = [],
): Explanation[] {
  const scene = { catalogue, weigh, actors, owners }
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
  const exchanged = [...exchanges(scene, part, contents), ...rests(scene, part, contents)]
  if (part.falls) return [nothing, ...takes(scene, part, contents), ...exchanged]
  const fitting = fittingIn(part, contents)
  return [nothing, ...actors.flatMap((actor) => puts(scene, part, actor, contents, fitting)), ...exchanged]
}

/** A hand that left nothing: of somebody who did something here too, for whom that speaks no more, or the likeliest other's. */
function leans(part: Part, actors: readonly Actor[], counted: Begun['counted']): Option {
  const oddsFor = (actor: Actor) =>
    actor.holder !== null && Object.hasOwn(counted, actor.holder) ? 0 : Math.min(mostLeanLogOdds, oddsOf(actor, part))
  const likeliest = actors.reduce((a, b) => (oddsFor(b) > oddsFor(a) ? b : a))
  const logLikelihood = oddsFor(likeliest) + (part.candidates[0]?.logLikelihood ?? 0)
  return { logLikelihood, make: () => ({ acts: [], places: {} }), by: likeliest.holder }
}

function best<T extends { readonly logLikelihood: number }>(options: readonly T[]): T[] {
  const top = options.reduce((most, { logLikelihood }) => Math.max(most, logLikelihood), Number.NEGATIVE_INFINITY)
  return options
    .filter(({ logLikelihood }) => logLikelihood >= top - worstLogRatio)
    .sort((a, b) => b.logLikelihood - a.logLikelihood)
    .slice(0, mostExplanations)
}

/** Somebody's hand was at the floor: nothing, or one of the things they hold, is left there; the last one soonest. */
export function leftBehind(place: PlaceKey, held: readonly Thing[], busy: boolean): Explanation[] {
  const { last } = leftOnFloor
  const share = busy ? leftOnFloor.busyShare : leftOnFloor.share
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

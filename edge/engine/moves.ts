/** From explanations, which say what then lies where, to hypotheses, which know it by slots. */
import { type Cluster, promising, prune } from './cluster.ts'
import {
  type Act,
  type Contents,
  contentsSignature,
  type Explanation,
  type Hypothesis,
  isSlotOf,
  type PlaceKey,
  type SlotKey,
  slotOf,
  type Thing,
} from './hypothesis.ts'

type Certain = Readonly<Record<PlaceKey, readonly Thing[]>>

/** What one explanation took from places and laid into others. */
interface Move {
  readonly acts: readonly Act[]
  readonly logLikelihood: number
  /** By place, the indexes of what is gone: of its certain things first, then slot by slot. */
  readonly gone: Readonly<Record<PlaceKey, ReadonlySet<number>>>
  readonly laid: Readonly<Record<PlaceKey, readonly Thing[]>>
}

interface Option {
  readonly hypothesis: Hypothesis
  readonly move: Move
  readonly logWeight: number
}

/**
 * Explains a change under every hypothesis of a cluster. `asked`: the places whose doubts matter to the explanations; of
 * all others they see what is certain. Things that were certain and may be gone now are in doubt with the rest.
 */
export function explainAll(
  certain: Certain,
  before: Cluster,
  change: string,
  asked: readonly PlaceKey[],
  explainUnder: (contents: Contents) => readonly Explanation[],
): { certain: Certain; cluster: Cluster } {
  const slots = new Map(asked.map((place) => [place, before.keys.filter((slot) => isSlotOf(place, slot))]))
  const possible = optionsOf(certain, before, slots, explainUnder).filter(({ logWeight }) => logWeight > -Infinity)
  const options = promising(possible.length > 0 ? possible : before.hypotheses.map(unexplained))
  const places = [...new Set(options.flatMap(({ move }) => [...Object.keys(move.gone), ...Object.keys(move.laid)]))]
  const shaken = new Map(places.map((place) => [place, shakenIn(certain[place] ?? [], place, options)]))
  const made = options.map(({ hypothesis, move, logWeight }) => ({
    logWeight,
    places: { ...kept(hypothesis, move, certain, slots), ...fresh(move, change, certain, shaken) },
    choices: { ...hypothesis.choices, [change]: move.acts },
  }))
  const keys = [...new Set([...before.keys, ...places.map((place) => slotOf(place, change))])].sort()
  return { certain: without(certain, shaken), cluster: { keys, hypotheses: prune(keys, made) } }
}

/** What nothing explains changes nothing that is known. */
function unexplained(hypothesis: Hypothesis): Option {
  return { hypothesis, move: { acts: [], logLikelihood: 0, gone: {}, laid: {} }, logWeight: hypothesis.logWeight }
}

type Slots = ReadonlyMap<PlaceKey, readonly SlotKey[]>

/** Many hypotheses differ only elsewhere: what concerns this change is explained once for all that agree on it. */
function optionsOf(
  certain: Certain,
  { hypotheses }: Cluster,
  slots: Slots,
  explainUnder: (contents: Contents) => readonly Explanation[],
): Option[] {
  const explained = new Map<string, readonly Move[]>()
  const all = [...slots.values()].flat()
  return hypotheses.flatMap((hypothesis) => {
    const key = all.map((slot) => contentsSignature(hypothesis.places[slot] ?? [])).join('|')
    const contents = contentsUnder(certain, slots, hypothesis)
    const moves = explained.get(key) ?? explainUnder(contents).map((explanation) => moveOf(explanation, contents))
    explained.set(key, moves)
    return moves.map((move) => ({ hypothesis, move, logWeight: hypothesis.logWeight + move.logLikelihood }))
  })
}

function contentsUnder(certain: Certain, slots: Slots, { places }: Hypothesis): Contents {
  const known = new Map<PlaceKey, readonly Thing[]>()
  return (place) => {
    const things =
      known.get(place) ?? [certain[place] ?? [], ...(slots.get(place) ?? []).map((slot) => places[slot] ?? [])].flat()
    known.set(place, things)
    return things
  }
}

function moveOf({ acts, places, logLikelihood }: Explanation, contents: Contents): Move {
  const gone: Record<PlaceKey, ReadonlySet<number>> = {}
  const laid: Record<PlaceKey, readonly Thing[]> = {}
  for (const [place, after] of Object.entries(places)) {
    const before = contents(place)
    const missing = [...before.keys()].filter((i) => !after.some((thing) => thing === before[i]))
    const added = after.filter((thing) => !before.includes(thing))
    if (missing.length > 0) gone[place] = new Set(missing)
    if (added.length > 0) laid[place] = added
  }
  return { acts, logLikelihood, gone, laid }
}

/** Indexes of the certain things of a place that any option takes away. */
function shakenIn(things: readonly Thing[], place: PlaceKey, options: readonly Option[]): number[] {
  return [...things.keys()].filter((i) => options.some(({ move }) => move.gone[place]?.has(i) === true))
}

/** The hypothesis's slots, less what is gone. */
function kept({ places }: Hypothesis, { gone }: Move, certain: Certain, slots: Slots): Hypothesis['places'] {
  const left = { ...places }
  for (const [place, indexes] of Object.entries(gone)) {
    let first = certain[place]?.length ?? 0
    for (const slot of slots.get(place) ?? []) {
      const things = places[slot] ?? []
      const begin = first
      left[slot] = things.filter((_, i) => !indexes.has(begin + i))
      first += things.length
    }
  }
  return left
}

/** The change's own slots: what is no longer certain and still there, and what was laid. */
function fresh({ gone, laid }: Move, change: string, certain: Certain, shaken: ReadonlyMap<PlaceKey, number[]>) {
  const made: Record<SlotKey, readonly Thing[]> = {}
  for (const [place, indexes] of shaken) {
    const still = indexes.flatMap((i) => (gone[place]?.has(i) === true ? [] : (certain[place]?.[i] ?? [])))
    const things = [...still, ...(laid[place] ?? [])]
    if (things.length > 0) made[slotOf(place, change)] = things
  }
  return made
}

function without(certain: Certain, shaken: ReadonlyMap<PlaceKey, readonly number[]>): Certain {
  const rest: Record<PlaceKey, readonly Thing[]> = { ...certain }
  for (const [place, indexes] of shaken) {
    const things = (rest[place] ?? []).filter((_, i) => !indexes.includes(i))
    if (things.length === 0) delete rest[place]
    else rest[place] = things
  }
  return rest
}

/**
 * Clusters as far as a change can tell their hypotheses apart. Two that say the same of the places that it concerns explain it
 * alike: they are one while clusters are joined, or a few doubts that have nothing to do with the change would take the room
 * of those that have. What became of each such group tells what became of its members.
 */
import { type Cluster, probabilities, prune } from './cluster.ts'
import { contentsSignature, type Hypothesis, type PlaceKey, placeOf, type SlotKey } from './hypothesis.ts'

export interface Coarse {
  /** One hypothesis a group, which `label` names. */
  readonly cluster: Cluster
  readonly label: SlotKey
  /** By the name of the group: what its members say of other slots and of changes. Weights are shares of the group. */
  readonly members: ReadonlyMap<string, readonly Hypothesis[]>
  /** Slots that only members tell of. */
  readonly keys: readonly SlotKey[]
}

/** `about`: the places that a change concerns; `number`: another one for each cluster. */
export function coarsened(cluster: Cluster, about: ReadonlySet<PlaceKey>, number: number): Coarse {
  const seen = cluster.keys.filter((slot) => about.has(placeOf(slot)))
  const keys = cluster.keys.filter((slot) => !about.has(placeOf(slot)))
  const label = `=:${number}#`
  const weights = probabilities(cluster)
  const groups = new Map<string, { places: Hypothesis['places']; weight: number; members: Hypothesis[] }>()
  cluster.hypotheses.forEach((one, i) => {
    const name = seen.map((slot) => contentsSignature(one.places[slot] ?? [])).join(';')
    const group = groups.get(name) ?? { places: only(seen, one.places), weight: 0, members: [] }
    group.weight += weights[i] ?? 0
    group.members.push({ logWeight: one.logWeight, places: only(keys, one.places), choices: one.choices })
    groups.set(name, group)
  })
  const named = [...groups.values()].map((group, i) => ({ ...group, name: `${i}` }))
  const hypotheses = named.map(({ name, places, weight }): Hypothesis => {
    const labelled = { ...places, [label]: [{ sku: name, grams: 0, sdGrams: 0, cell: '' }] }
    return { logWeight: Math.log(weight), places: labelled, choices: {} }
  })
  const members = new Map(named.map(({ name, members }) => [name, members]))
  const told = [...seen, label].sort()
  return { cluster: { keys: told, hypotheses: prune(told, hypotheses) }, label, members, keys }
}

/** The same with the members of each group in its place. */
export function refined(part: Cluster, all: readonly Coarse[]): Cluster {
  return all.filter(({ label }) => part.keys.includes(label)).reduce(withMembers, part)
}

function withMembers({ keys, hypotheses }: Cluster, coarse: Coarse): Cluster {
  const { label, members } = coarse
  const each = hypotheses.flatMap(({ logWeight, places, choices }) => {
    const { [label]: name = [], ...others } = places
    const group = members.get(name[0]?.sku ?? '') ?? []
    const total = group.reduce((sum, one) => sum + Math.exp(one.logWeight), 0)
    return group.map((one) => ({
      logWeight: logWeight + one.logWeight - Math.log(total),
      places: { ...others, ...one.places },
      choices: { ...choices, ...one.choices },
    }))
  })
  const known = [...keys.filter((slot) => slot !== label), ...coarse.keys].sort()
  return { keys: known, hypotheses: prune(known, each) }
}

function only(slots: readonly SlotKey[], places: Hypothesis['places']): Hypothesis['places'] {
  return Object.fromEntries(slots.flatMap((slot) => (places[slot] === undefined ? [] : [[slot, places[slot]]])))
}

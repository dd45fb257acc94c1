/**
 * Cuts a cluster into clusters that do not depend on each other, so that doubts which met once do not stay together for
 * ever. What each part says of its own slots and changes stays as it was; only the dependence between parts is given up
 * (Boyen and Koller 1998).
 */
import { type Cluster, changesOf, probabilities, project } from './cluster.ts'
import { actsSignature, contentsSignature, type SlotKey } from './hypothesis.ts'

/** Nats of mutual information that are taken for none: what pruning itself brings in (e^-9 of the weight) is a tenth. */
const leastInformation = 1e-3
/** Slots and changes of one cluster; beyond it the weakest dependence is given up, so that work stays bounded. */
const mostVariables = 32
/** How the threshold rises then. */
const giveUpFactor = 4

/** A slot or a change, with the number of its value in each hypothesis. */
interface Variable {
  readonly name: string
  readonly isSlot: boolean
  readonly values: readonly number[]
  readonly chances: readonly number[]
}

/** The independent parts of a cluster, itself when it has one. */
export function independentParts(cluster: Cluster): Cluster[] {
  const variables = variablesOf(cluster)
  const groups = groupsOf(variables, informationBetween(variables, probabilities(cluster)))
  if (groups.length <= 1) return [cluster]
  return groups.map((group) => project(cluster, namesOf(group, true), namesOf(group, false)))
}

function namesOf(group: readonly Variable[], slots: boolean): SlotKey[] {
  return group.filter(({ isSlot }) => isSlot === slots).map(({ name }) => name)
}

function variablesOf(cluster: Cluster): Variable[] {
  const weights = probabilities(cluster)
  const { hypotheses, keys } = cluster
  const slots = keys.map((name) => {
    const words = hypotheses.map(({ places }) => contentsSignature(places[name] ?? []))
    return { name, isSlot: true, ...numbered(words, weights) }
  })
  const changes = changesOf(cluster).map((name) => {
    const words = hypotheses.map(({ choices }) => actsSignature(choices[name] ?? []))
    return { name, isSlot: false, ...numbered(words, weights) }
  })
  return [...slots, ...changes]
}

function numbered(words: readonly string[], weights: readonly number[]): Pick<Variable, 'values' | 'chances'> {
  const numbers = new Map<string, number>()
  const chances: number[] = []
  const values = words.map((word, i) => {
    const value = numbers.get(word) ?? numbers.size
    numbers.set(word, value)
    chances[value] = (chances[value] ?? 0) + (weights[i] ?? 0)
    return value
  })
  return { values, chances }
}

/** Mutual information of each pair, in nats: [i][j] for j < i. */
function informationBetween(variables: readonly Variable[], weights: readonly number[]): number[][] {
  return variables.map((a, i) => variables.slice(0, i).map((b) => information(a, b, weights)))
}

function information(a: Variable, b: Variable, weights: readonly number[]): number {
  const width = b.chances.length
  const together = new Map<number, number>()
  weights.forEach((weight, i) => {
    const cell = (a.values[i] ?? 0) * width + (b.values[i] ?? 0)
    together.set(cell, (together.get(cell) ?? 0) + weight)
  })
  let sum = 0
  for (const [cell, chance] of together) {
    const apart = (a.chances[Math.floor(cell / width)] ?? 0) * (b.chances[cell % width] ?? 0)
    sum += chance * Math.log(chance / apart)
  }
  return sum
}

function groupsOf(variables: readonly Variable[], information: readonly (readonly number[])[]): Variable[][] {
  for (let least = leastInformation; ; least *= giveUpFactor) {
    const groups = connected(variables, (i, j) => (information[i]?.[j] ?? 0) > least)
    if (groups.every((group) => group.length <= mostVariables)) return groups
  }
}

/** Groups in order of their last member, each in order. `linked(i, j)` for j < i. */
function connected<T>(list: readonly T[], linked: (i: number, j: number) => boolean): T[][] {
  let groups: number[][] = []
  for (const i of list.keys()) {
    const near = groups.filter((group) => group.some((j) => linked(i, j)))
    const whole = [...near.flat(), i].sort((a, b) => a - b)
    groups = [...groups.filter((group) => !near.includes(group)), whole]
  }
  return groups.map((group) => group.flatMap((i) => list[i] ?? []))
}

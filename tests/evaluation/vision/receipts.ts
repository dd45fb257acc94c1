/**
 * What pictures add to receipts: scenes in which mass alone does not name the product, played as in `npm run evaluate`. Every
 * SKU of the shop looks like one class of the pictures, those that stand side by side like classes of one kind, and each
 * change that somebody made is seen on one picture of val.
 */
import { createCore } from '../../../edge/core.ts'
import type { ProductSeen } from '../../../edge/observations.ts'
import { papersOf, replay } from '../../../gateway/replay/replay.ts'
import type { Store } from '../../../models/contracts/store.ts'
import { Random } from '../../../simulators/random.ts'
import { type Level, openScene } from '../../../simulators/scenes/scenes.ts'
import { foldEngine } from '../fold.ts'
import { liveRecording } from '../live-recording.ts'
import { matchActs } from '../oracles/matching.ts'
import { type Camera, toldProduct } from '../oracles/product.ts'
import { type Totals, totalsOf } from '../summary.ts'
import { type Figures, scorer } from '../trial.ts'
import { sensed } from '../variants.ts'
import { witnessed } from '../witness.ts'
import type { Answer } from './measures.ts'

export interface Added {
  readonly scene: string
  readonly recordings: number
  /** With no picture, with one of every second change, with one of each. */
  readonly none: Totals
  readonly half: Totals
  readonly each: Totals
}

const scenes = ['same-mass-swap', 'wrong-planogram', 'ordinary-shopping']
const level: Level = 'middle'
const shares = { none: 0, half: 0.5, each: 1 } as const

/** `answers`: what the network says of pictures. The same seeds give the same. */
export async function scoreReceipts(answers: readonly Answer[], seeds: number): Promise<Added[]> {
  const added: Added[] = []
  for (const scene of scenes) {
    const runs: Record<keyof typeof shares, Figures>[] = []
    for (let seed = 1; seed <= seeds; seed++) runs.push(await played(scene, seed, answers))
    const totals = (of: keyof typeof shares) => totalsOf(runs.map((run) => run[of]))
    added.push({ scene, recordings: seeds, none: totals('none'), half: totals('half'), each: totals('each') })
  }
  return added
}

async function played(scene: string, seed: number, answers: readonly Answer[]) {
  const simulation = openScene(scene, level, seed)
  const { store } = simulation.world
  const core = witnessed(createCore({ store }), simulation)
  await replay(
    liveRecording(simulation, () => 0),
    { core },
  )
  const judge = scorer(simulation)
  const matches = matchActs(core.log)
  const billed = (share: number) => {
    const camera = cameraOf(store, answers, new Random(seed, 'pictures'), share)
    const seen = share === 0 ? sensed(core.log) : toldProduct(core.log, matches, camera)
    return judge(papersOf(foldEngine(store, seen)).bills, [])
  }
  return { none: billed(shares.none), half: billed(shares.half), each: billed(shares.each) }
}

/** One of several things that were moved together is on the picture. */
function cameraOf(store: Store, answers: readonly Answer[], random: Random, share: number): Camera {
  const classOf = looksOf(store, answers[0]?.probabilities.length ?? 0)
  return ({ ts, from, to, cells }, acts): ProductSeen[] => {
    const isSeen = random.chance(share)
    const { sku } = acts[random.int(0, acts.length - 1)] ?? { sku: '' }
    const own = answers.filter(({ truth }) => truth === classOf.get(sku))
    const answer = own[random.int(0, own.length - 1)]
    if (!isSeen || answer === undefined) return []
    const at = (place: number) => answer.probabilities[place] ?? 0
    const likelihoods = Object.fromEntries([...classOf].map(([one, place]) => [one, at(place)]))
    const others = answer.probabilities.filter((_, place) => ![...classOf.values()].includes(place))
    const rest = others.reduce((sum, one) => sum + one / others.length, 0)
    return [{ kind: 'product-seen', ts, from, to, cells: cells.map(({ cell }) => cell), likelihoods, rest }]
  }
}

/** SKUs in the order in which they stand get classes in the order of the data, which has those of one kind together. */
function looksOf({ planogram, products }: Store, classes: number): Map<string, number> {
  const standing = [...planogram]
    .sort((a, b) => ((a.cells[0] ?? '') < (b.cells[0] ?? '') ? -1 : 1))
    .map(({ sku }) => sku)
  const skus = [...new Set([...standing, ...products.map(({ sku }) => sku).sort()])]
  return new Map(skus.map((sku, i) => [sku, i % classes]))
}

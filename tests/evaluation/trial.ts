/** One recording from simulation to scores. */
import { createCore } from '../../edge/core.ts'
import { replay } from '../../gateway/replay/replay.ts'
import type { Bill, ShelfEvent } from '../../models/contracts/bills.ts'
import { openScene } from '../../simulators/scenes/scenes.ts'
import { type Score, score } from '../../simulators/score.ts'
import type { Simulation } from '../../simulators/simulation.ts'
import { keyOf, truthOf } from '../../simulators/truth.ts'
import { billsSaid, linesSaid, type Said } from './calibration.ts'
import { type LiveRecording, liveRecording } from './live-recording.ts'
import type { Job } from './suite.ts'
import { billsOfVariants, type Variant, variants } from './variants.ts'
import { witnessed } from './witness.ts'

/** What totals are added up from. */
export type Figures = Pick<Score, 'f1' | 'shoppers' | 'exactReceipts' | 'reviewShare' | 'money'>

export interface Trial {
  readonly engine: Figures
  readonly variants: Readonly<Record<Variant, Figures>>
  readonly stages: Score['stages']
  readonly wrong: Score['wrong']
  readonly lines: readonly Said[]
  readonly receipts: readonly Said[]
  readonly messages: number
  readonly rejected: number
  readonly recordedMs: number
}

/** Milliseconds of this machine; alone may differ between two runs. */
export interface Timing {
  readonly simulateMs: number
  readonly replayMs: number
  readonly variantsMs: number
}

export type Row = Job & ({ readonly trial: Trial; readonly timing: Timing } | { readonly error: string })

/** Never throws: a recording that fails is a row that says so. */
export default async function run(job: Job): Promise<Row> {
  try {
    return { ...job, ...(await tried(openScene(job.scene, job.level, job.seed))) }
  } catch (error) {
    return { ...job, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

async function tried(simulation: Simulation): Promise<{ trial: Trial; timing: Timing }> {
  const { store } = simulation.world
  const startedAt = performance.now()
  const recording: LiveRecording = liveRecording(simulation, () => performance.now())
  const core = witnessed(createCore({ store }), simulation)
  const { bills, events, stats } = await replay(recording, { core })
  const replayedAt = performance.now()
  const names = {
    nameOf: (person: Parameters<typeof keyOf>[1]) => keyOf(simulation, person),
    gated: store.entry === 'gated',
  }
  const others = billsOfVariants(store, core.log, names)
  const simulateMs = recording.simulatedMs()
  const timing = {
    simulateMs: Math.round(simulateMs),
    replayMs: Math.round(replayedAt - startedAt - simulateMs),
    variantsMs: Math.round(performance.now() - replayedAt),
  }
  const truth = truthOf(simulation)
  const judge = scorer(simulation)
  const { stages, wrong, ...engine } = judge(bills, events)
  const wrongShoppers = new Set(wrong.map(({ shopper }) => shopper))
  const figures = (variant: Variant): Figures => {
    const { stages: _, wrong: __, ...rest } = judge(others[variant], [])
    return rest
  }
  return {
    timing,
    trial: {
      engine,
      variants: Object.fromEntries(variants.map((variant) => [variant, figures(variant)])) as Trial['variants'],
      stages,
      wrong,
      lines: linesSaid(truth, bills),
      receipts: billsSaid(truth, bills, wrongShoppers),
      ...stats,
    },
  }
}

type Judged = Figures & Pick<Score, 'stages' | 'wrong'>

export function scorer(simulation: Simulation): (bills: readonly Bill[], events: readonly ShelfEvent[]) => Judged {
  const { store } = simulation.world
  const truth = truthOf(simulation)
  const prices = new Map(store.products.map(({ sku, priceMinor }) => [sku, priceMinor]))
  const stats = { messages: 0, rejected: 0, wallMs: 0, recordedMs: 0 }
  return (bills, events) => {
    const file = { store: store.id, bills: [...bills], events: [...events], stats }
    const { f1, shoppers, exactReceipts, reviewShare, money, stages, wrong } = score(truth, file, prices)
    return { f1, shoppers, exactReceipts, reviewShare, money, stages, wrong }
  }
}

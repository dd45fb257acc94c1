/** One recording from simulation to score. */
import { createCore } from '../../edge/core.ts'
import { replay } from '../../gateway/replay/replay.ts'
import type { BillsFile } from '../../models/contracts/bills.ts'
import type { Truth } from '../../models/contracts/recording.ts'
import { openScene } from '../../simulators/scenes/scenes.ts'
import { type Score, score } from '../../simulators/score.ts'
import { truthOf } from '../../simulators/truth.ts'
import { billsSaid, linesSaid, type Said } from './calibration.ts'
import { liveRecording } from './live-recording.ts'
import type { Job } from './suite.ts'
import { witnessed } from './witness.ts'

/** What scores are added up from. */
export type Figures = Pick<Score, 'f1' | 'shoppers' | 'exactReceipts' | 'reviewShare' | 'money'>

export interface Trial {
  readonly engine: Figures
  readonly stages: Score['stages']
  readonly wrong: Score['wrong']
  readonly lines: readonly Said[]
  readonly receipts: readonly Said[]
  readonly messages: number
  readonly rejected: number
  readonly recordedMs: number
}

/** `timing` alone may differ between two runs. */
export type Row = Job & {
  readonly timing: { readonly simulateMs: number; readonly replayMs: number }
} & ({ readonly trial: Trial } | { readonly error: string })

export default async function run(job: Job): Promise<Row> {
  const clock = () => performance.now()
  const started = clock()
  const simulation = openScene(job.scene, job.level, job.seed)
  const recording = liveRecording(simulation, clock)
  const timing = () => {
    const simulateMs = recording.simulatedMs()
    return { simulateMs: Math.round(simulateMs), replayMs: Math.round(clock() - started - simulateMs) }
  }
  try {
    const core = witnessed(createCore(recording), simulation)
    const { bills, events, stats } = await replay(recording, core)
    const took = timing()
    const truth = truthOf(simulation)
    const file = { store: recording.store.id, bills: [...bills], events: [...events], stats: { ...stats, wallMs: 0 } }
    const { stages, wrong, ...figures } = scored(truth, file, pricesOf(recording.store.products))
    const lines = linesSaid(truth, bills)
    const receipts = billsSaid(truth, bills, new Set(wrong.map(({ shopper }) => shopper)))
    return { ...job, timing: took, trial: { engine: figures, stages, wrong, lines, receipts, ...stats } }
  } catch (error) {
    return { ...job, timing: timing(), error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

function scored(
  truth: Truth,
  file: BillsFile,
  prices: ReadonlyMap<string, number>,
): Figures & Pick<Score, 'stages' | 'wrong'> {
  const { f1, shoppers, exactReceipts, reviewShare, money, stages, wrong } = score(truth, file, prices)
  return { f1, shoppers, exactReceipts, reviewShare, money, stages, wrong }
}

function pricesOf(products: readonly { sku: string; priceMinor: number }[]): Map<string, number> {
  return new Map(products.map(({ sku, priceMinor }) => [sku, priceMinor]))
}

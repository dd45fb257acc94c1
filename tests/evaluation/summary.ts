/** Rows added up: per scene and level, and per level. Pure. */
import { type Reliability, reliability } from './calibration.ts'
import type { Figures, Row, Timing, Trial } from './trial.ts'
import { type Variant, variants } from './variants.ts'

/** Figures of some recordings together. Shares are of all their receipts and of all their money. */
export interface Totals {
  /** Mean over recordings (contract section 5). */
  readonly f1: number
  readonly exactShare: number
  readonly reviewShare: number
  readonly overShare: number
  /** Of receipts that nobody looks at. */
  readonly overUnseenShare: number
  readonly underShare: number
}

export interface Group {
  readonly level: string
  /** Null: all scenes of the level. */
  readonly scene: string | null
  readonly recordings: number
  /** Recordings that threw. */
  readonly failed: number
  readonly receipts: number
  readonly engine: Totals
  readonly variants: Readonly<Record<Variant, Totals>>
  readonly lineReliability: Reliability
  readonly receiptReliability: Reliability
  /** Of this machine; alone may differ between two runs. */
  readonly timing: { readonly meanReplayMs: number; readonly timesRealTime: number }
}

type Done = Row & { readonly trial: Trial; readonly timing: Timing }

/** Levels and scenes in the order of their first row; the whole of each level before its scenes. */
export function summarize(rows: readonly Row[]): Group[] {
  return unique(rows.map(({ level }) => level)).flatMap((level) => {
    const ofLevel = rows.filter((row) => row.level === level)
    const scenes = unique(ofLevel.map(({ scene }) => scene))
    return [
      groupOf(level, null, ofLevel),
      ...scenes.map((scene) =>
        groupOf(
          level,
          scene,
          ofLevel.filter((row) => row.scene === scene),
        ),
      ),
    ]
  })
}

function groupOf(level: string, scene: string | null, rows: readonly Row[]): Group {
  const done = rows.filter(isDone)
  const trials = done.map(({ trial }) => trial)
  const engine = trials.map((trial) => trial.engine)
  const replayMs = sum(done.map(({ timing }) => timing.replayMs))
  const recordedMs = sum(trials.map((trial) => trial.recordedMs))
  return {
    level,
    scene,
    recordings: rows.length,
    failed: rows.length - done.length,
    receipts: sum(engine.map(({ shoppers }) => shoppers)),
    engine: totalsOf(engine),
    variants: byVariant((variant) => totalsOf(trials.map((trial) => trial.variants[variant]))),
    lineReliability: reliability(trials.flatMap(({ lines }) => lines)),
    receiptReliability: reliability(trials.flatMap(({ receipts }) => receipts)),
    timing: {
      meanReplayMs: Math.round(ratio(replayMs, done.length)),
      timesRealTime: Math.round(ratio(recordedMs, replayMs)),
    },
  }
}

function byVariant(of: (variant: Variant) => Totals): Record<Variant, Totals> {
  return Object.fromEntries(variants.map((variant) => [variant, of(variant)])) as Record<Variant, Totals>
}

export function totalsOf(figures: readonly Figures[]): Totals {
  const receipts = sum(figures.map(({ shoppers }) => shoppers))
  const due = sum(figures.map(({ money }) => money.dueMinor))
  const share = (of: (figures: Figures) => number) => ratio(sum(figures.map((one) => of(one) * one.shoppers)), receipts)
  return {
    f1: ratio(sum(figures.map(({ f1 }) => f1)), figures.length),
    exactShare: share(({ exactReceipts }) => exactReceipts),
    reviewShare: share(({ reviewShare }) => reviewShare),
    overShare: ratio(sum(figures.map(({ money }) => money.overMinor)), due),
    overUnseenShare: ratio(sum(figures.map(({ money }) => money.overUnseenMinor)), due),
    underShare: ratio(sum(figures.map(({ money }) => money.underMinor)), due),
  }
}

export function isDone(row: Row): row is Done {
  return 'trial' in row
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)]
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}

/** What some lives came to together. */
import type { Life } from './world/life.ts'

const counted = [
  'steps',
  'operations',
  'starts',
  'bills',
  'lateChanges',
  'lateClosed',
  'reviewsDecided',
  'refunds',
  'capturedMinor',
  'serviceRestores',
  'billsForgotten',
  'doneAgain',
  'disputed',
] as const

export interface Figures {
  readonly seeds: number
  readonly counts: Readonly<Record<(typeof counted)[number], number>>
  readonly faults: ReadonlyMap<string, number>
}

export const noFigures: Figures = {
  seeds: 0,
  counts: {
    steps: 0,
    operations: 0,
    starts: 0,
    bills: 0,
    lateChanges: 0,
    lateClosed: 0,
    reviewsDecided: 0,
    refunds: 0,
    capturedMinor: 0,
    serviceRestores: 0,
    billsForgotten: 0,
    doneAgain: 0,
    disputed: 0,
  },
  faults: new Map(),
}

export function addUp({ seeds, counts, faults }: Figures, life: Life): Figures {
  const sums = new Map(faults)
  for (const [kind, count] of life.faults) sums.set(kind, (sums.get(kind) ?? 0) + count)
  const added = Object.fromEntries(counted.map((name) => [name, counts[name] + life[name]]))
  return { seeds: seeds + 1, counts: { ...counts, ...added }, faults: sums }
}

export function describe({ seeds, counts, faults }: Figures): string {
  const { steps, operations, starts, bills, lateChanges, lateClosed, reviewsDecided, refunds, capturedMinor } = counts
  const { serviceRestores, billsForgotten, doneAgain, disputed } = counts
  const all = [...faults.values()].reduce((sum, count) => sum + count, 0)
  const kinds = [...faults].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => `  ${count} ${kind}`)
  return [
    `${seeds} seeds, ${steps} steps, ${operations} operations, ${starts} starts of the gateway and the account service`,
    `${lateChanges} changes of shelves said too late, each in a case; ${lateClosed} cases closed`,
    `${bills} bills, ${reviewsDecided} reviews decided, ${refunds} refunds granted, ${capturedMinor} minor units captured`,
    `${serviceRestores} times the account service was put back from a copy; ${billsForgotten} bills came again, ${doneAgain} refunds and what was done about them; ${disputed} payments wait for a person`,
    `${all} faults:`,
    ...kinds,
  ].join('\n')
}

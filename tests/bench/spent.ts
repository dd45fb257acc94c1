/** What pieces of work took, and how it reads. */

/** Wall and CPU milliseconds of one piece of work; CPU of all threads of this process. */
export interface Spent {
  readonly wallMs: number
  readonly cpuMs: number
}

export async function timed(work: () => unknown): Promise<Spent> {
  const cpu = process.cpuUsage()
  const startedAt = performance.now()
  await work()
  const { user, system } = process.cpuUsage(cpu)
  return { wallMs: performance.now() - startedAt, cpuMs: (user + system) / 1000 }
}

/** One after the other. */
export function sum(...all: readonly (Spent | undefined)[]): Spent {
  const total = (key: keyof Spent) => all.reduce((sum, each) => sum + (each?.[key] ?? 0), 0)
  return { wallMs: total('wallMs'), cpuMs: total('cpuMs') }
}

/** Medians: wall (CPU). */
export function both(all: readonly Spent[]): string {
  return `${median(all, 'wallMs').toFixed(2)} (${median(all, 'cpuMs').toFixed(2)})`
}

/** `baseline` is the bare runs, with what decodes the picture where that is part of it. */
export function times(some: readonly Spent[], baseline: readonly Spent[]): string {
  const [wall, cpu] = (['wallMs', 'cpuMs'] as const).map((key) => median(some, key) / median(baseline, key))
  return `${wall?.toFixed(2)} (${cpu?.toFixed(2)}) times the bare runs and decoding`
}

export function median<Key extends string>(all: readonly Readonly<Record<Key, number>>[], key: Key): number {
  const values = all.map((one) => one[key]).sort((a, b) => a - b)
  return values[Math.floor(values.length / 2)] ?? Number.NaN
}

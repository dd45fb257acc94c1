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

/** How many times the time of the other piece of the same turn: the median over the turns. */
export function pairedRatio(some: readonly Spent[], others: readonly Spent[], key: keyof Spent): number {
  return median(
    some.map((one, at) => ({ ratio: one[key] / (others[at]?.[key] ?? Number.NaN) })),
    'ratio',
  )
}

export function median<Key extends string>(all: readonly Readonly<Record<Key, number>>[], key: Key): number {
  const values = all.map((one) => one[key]).sort((a, b) => a - b)
  return values[Math.floor(values.length / 2)] ?? Number.NaN
}

import { vi } from 'vitest'

/** Waits on a condition; half a minute is for machines that do much else meanwhile. */
export function until(condition: () => boolean | Promise<boolean>): Promise<unknown> {
  return vi.waitUntil(condition, { timeout: 30_000, interval: 20 })
}

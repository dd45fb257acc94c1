import { vi } from 'vitest'

/** Waits on a condition; a minute and a half is for machines that do much else meanwhile. */
export function until(condition: () => boolean | Promise<boolean>): Promise<unknown> {
  return vi.waitUntil(condition, { timeout: 90_000, interval: 20 })
}

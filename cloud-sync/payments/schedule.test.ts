import { describe, expect, test } from 'vitest'
import { afterDecline, askAgainMs, nextTryAt } from './schedule.ts'

const dayMs = 86_400_000
const start = Date.UTC(2026, 10, 21)

describe('afterDecline()', () => {
  test('afterDecline() tries again after 1, 3, 7, 14 and 28 days, then waits for the shopper', () => {
    const days: number[] = []
    let at = start
    let step = afterDecline(null, 'declined', at)
    while (step.kind === 'declined') {
      at = step.nextAt
      days.push((at - start) / dayMs)
      step = afterDecline(start, 'declined', at)
    }
    expect(days).toEqual([1, 3, 7, 14, 28])
    expect(step).toEqual({ kind: 'refused', nextAt: start + 90 * dayMs, reason: 'declined' })
  })

  test.each(['authentication-required', 'method-unusable', 'no-method', 'too-small'] as const)(
    'afterDecline() never tries again by itself on %s',
    (reason) => {
      expect(afterDecline(null, reason, start)).toEqual({ kind: 'refused', nextAt: start + 90 * dayMs, reason })
    },
  )

  test('nextTryAt() is not moved by a try by hand, and catches up with one try after a long stop', () => {
    expect(nextTryAt(start, 'insufficient-funds', start + dayMs / 2)).toBe(start + dayMs)
    expect(nextTryAt(start, 'insufficient-funds', start + 8 * dayMs)).toBe(start + 14 * dayMs)
  })
})

describe('askAgainMs()', () => {
  test('askAgainMs() doubles from 5 s to 10 minutes', () => {
    expect([0, 1, 2, 6, 7, 1000].map(askAgainMs)).toEqual([5000, 10_000, 20_000, 320_000, 600_000, 600_000])
  })
})

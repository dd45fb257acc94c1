import { describe, expect, test } from 'vitest'
import { backoffMs, due, nextAt, outcomeOf } from './delivery-plan.ts'
import { purchaseOf } from './testing/purchase.ts'

describe('backoffMs()', () => {
  test('backoffMs() doubles from one second to one minute, spread over its upper half', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 1000].map((failures) => backoffMs(failures, 0.9999999))).toEqual([
      1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000,
    ])
    expect([0, 1, 6].map((failures) => backoffMs(failures, 0))).toEqual([1000, 1000, 30_000])
  })
})

describe('outcomeOf()', () => {
  test('outcomeOf() tells what helps from what does not', () => {
    const statuses = [200, 201, 204, 302, 400, 401, 403, 404, 409, 413, 422, 429, 500, 502, 503]
    expect(statuses.map((status) => outcomeOf(status, true)).join(' ')).toBe(
      'delivered delivered unreachable unreachable refused unreachable unreachable unreachable refused refused refused unreachable broken unreachable unreachable',
    )
    expect(outcomeOf(200, false)).toBe('unreachable')
  })
})

const delay = (until: number) => ({ failures: 1, until, refused: false })
const delays = new Map([
  [0, delay(50)],
  [1, delay(100)],
  [2, delay(170)],
])

describe('due()', () => {
  test('due() takes what is not delayed any more, in its order', () => {
    const entries = ['a', 'b', 'c', 'd'].map((tripId, seq) => ({ seq, tripId, purchase: purchaseOf(tripId) }))
    expect(due(entries, delays, 100).map(({ tripId }) => tripId)).toEqual(['a', 'b', 'd'])
  })
})

describe('nextAt()', () => {
  test('nextAt() is the first end of a delay', () => {
    expect([nextAt(delays), nextAt(new Map())]).toEqual([50, Number.POSITIVE_INFINITY])
  })
})

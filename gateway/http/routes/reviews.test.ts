import { afterEach, describe, expect, test } from 'vitest'
import type { DecisionOutcome } from '../../../edge/runtime/port.ts'
import { testHttpDeps } from '../../testing/http.ts'
import { build } from '../server.ts'

const running: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const app of running.splice(0)) await app.close()
})

async function post(body: unknown, outcome: DecisionOutcome, headers: Record<string, string> = {}) {
  const asked: unknown[] = []
  const decide = async (...decision: unknown[]) => {
    asked.push(decision)
    return outcome
  }
  const app = await build(await testHttpDeps({ reviews: { one: async () => null, decide } }))
  running.push(app)
  const answer = await app.inject({
    method: 'POST',
    url: `/api/reviews/${'trip.'.repeat(30)}`,
    headers: { 'content-type': 'application/json', ...headers },
    payload: JSON.stringify(body),
  })
  return { status: answer.statusCode, body: answer.json(), asked }
}

const decision = { lines: [{ sku: 'water', quantity: 1 }] }
const decided: DecisionOutcome = { kind: 'decided', totalMinor: 150, duplicate: false }

describe('POST /api/reviews/:tripId', () => {
  test('POST /api/reviews/:tripId hands a decision on and answers what is owed', async () => {
    const { status, body, asked } = await post(decision, decided)
    const tripId = 'trip.'.repeat(30)
    expect([status, body]).toEqual([200, { tripId, totalMinor: 150, duplicate: false }])
    expect(asked).toEqual([[tripId, { ...decision, reviewer: 'marta' }]])
  })

  test.each<[DecisionOutcome, number, string, string]>([
    [{ kind: 'no-such-case', found: 'trip-9' }, 404, 'NO_SUCH_REVIEW', 'found "trip-9"'],
    [
      { kind: 'other-decision', decision: { lines: [{ sku: 'tea', quantity: 2 }], reviewer: 'otto', ts: 0 } },
      409,
      'OTHER_DECISION',
      'otto decided on 2 x tea',
    ],
    [
      { kind: 'wrong-line', where: '/lines/0/sku', found: 'rum', wanted: 'a SKU of the store' },
      422,
      'WRONG_LINE',
      '/lines/0/sku: found "rum", wanted a SKU of the store',
    ],
    [{ kind: 'not-now', why: 'disk full' }, 503, 'NOT_READY', 'the journal cannot be written: disk full'],
  ])('POST /api/reviews/:tripId answers %o in words', async (outcome, statusCode, code, words) => {
    const { body } = await post(decision, outcome)
    expect(body).toMatchObject({ statusCode, code, message: expect.stringContaining(words) })
  })

  test.each([
    [{ ...decision, lines: [{ sku: 'water', quantity: 0 }] }],
    [{ ...decision, lines: Array(101).fill({ sku: 'water', quantity: 1 }) }],
    [{ lines: null }],
  ])('POST /api/reviews/:tripId refuses %o', async (body) => {
    const answer = await post(body, decided)
    expect(answer).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' }, asked: [] })
  })

  test('POST /api/reviews/:tripId takes nothing that a page from elsewhere could send unasked', async () => {
    expect((await post(decision, decided, { 'content-type': 'text/plain' })).asked).toEqual([])
  })
})

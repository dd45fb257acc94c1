import { afterEach, describe, expect, test } from 'vitest'
import type { LateOutcomeAnswer } from '../../../edge/runtime/port.ts'
import type { LateCase } from '../../../models/contracts/late.ts'
import { testHttpDeps } from '../../testing/http.ts'
import { testStaff } from '../../testing/staff.ts'
import { build } from '../server.ts'

const running: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const app of running.splice(0)) await app.close()
})

async function post(body: unknown, outcome: LateOutcomeAnswer) {
  const asked: unknown[] = []
  const settle = async (settled: unknown) => {
    asked.push(settled)
    return outcome
  }
  const staff = await testStaff()
  const app = await build(await testHttpDeps({ staff, late: { one: async () => null, settle } }))
  running.push(app)
  const answer = await app.inject({ method: 'POST', url: '/api/late/s1.late.7.a', payload: body as object })
  const acts = await staff.people.audit.latest(10)
  return { status: answer.statusCode, body: answer.json(), asked, acts: acts.map(({ what, detail }) => [what, detail]) }
}

const lost = { outcome: 'nobody-pays', count: 2 }

describe('POST /api/late/:id', () => {
  test('POST /api/late/:id closes a case under the name of who is signed in, and the audit log says so', async () => {
    const { status, body, asked, acts } = await post(lost, { kind: 'settled', duplicate: false })
    expect([status, body]).toEqual([200, { id: 's1.late.7.a', duplicate: false }])
    expect(asked).toEqual([{ lateCase: 's1.late.7.a', ...lost, tripId: null, reviewer: 'marta' }])
    expect(acts).toEqual([['late-closed', 'nobody-pays']])
    expect((await post(lost, { kind: 'settled', duplicate: true })).acts).toEqual([])
  })

  test('POST /api/late/:id has a closed case in the audit log that another process had not written there yet', async () => {
    const staff = await testStaff()
    const decision = { outcome: 'nobody-pays', tripId: null, reviewer: 'marta', ts: 0 }
    const act = {
      what: 'late-closed',
      who: 'marta',
      about: 's1.late.7.a',
      place: '::1',
      detail: 'nobody-pays',
    } as const
    const killed = () => Promise.reject(new Error('killed'))
    await expect(
      staff.acts.run(
        act,
        async () => null,
        killed,
        () => true,
      ),
    ).rejects.toThrow('killed')
    const late = { one: async () => ({ decision }) as LateCase, settle: () => Promise.reject(new Error('not asked')) }
    running.push(await build(await testHttpDeps({ staff, late })))
    expect(await staff.people.audit.latest(10)).toMatchObject([act])
  })

  test.each<[LateOutcomeAnswer, number, string, string]>([
    [{ kind: 'no-such-case', found: 'x' }, 404, 'NO_SUCH_CASE', 'found "x"'],
    [
      { kind: 'other-outcome', decision: { outcome: 'no-goods', tripId: null, reviewer: 'otto', ts: 0 } },
      409,
      'OTHER_OUTCOME',
      'otto decided on no-goods',
    ],
    [{ kind: 'more-came', found: 2, wanted: 3 }, 409, 'MORE_CAME', 'found 2 changes, wanted 3'],
    [{ kind: 'wrong-trip', found: 'trip-9', wanted: 'a bill' }, 422, 'WRONG_TRIP', '/tripId: found "trip-9", wanted'],
    [{ kind: 'not-now', why: 'disk full' }, 503, 'NOT_READY', 'the journal cannot be written: disk full'],
  ])('POST /api/late/:id answers %o in words', async (outcome, statusCode, code, words) => {
    const { body } = await post(lost, outcome)
    expect(body).toMatchObject({ statusCode, code, message: expect.stringContaining(words) })
  })

  test.each([[{ ...lost, outcome: 'charge' }], [{ outcome: 'no-goods' }], [{ ...lost, count: 0 }]])(
    'POST /api/late/:id refuses %o',
    async (body) => {
      const answer = await post(body, { kind: 'settled', duplicate: false })
      expect(answer).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' }, asked: [] })
    },
  )
})

describe('GET /api/late/:id', () => {
  test('GET /api/late/:id says when there is none', async () => {
    const app = await build(await testHttpDeps())
    running.push(app)
    expect((await app.inject('/api/late/x')).json()).toMatchObject({ statusCode: 404, code: 'NO_SUCH_CASE' })
  })
})

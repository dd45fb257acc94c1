import { expect, test, vi } from 'vitest'
import { createViolations } from './violations.ts'

test('createViolations() counts all, logs 30 a minute, and says how many it kept to itself', () => {
  let now = 0
  const logged: [object, string][] = []
  const onViolation = vi.fn()
  const log = { info() {}, warn: (fields: object, message: string) => void logged.push([fields, message]) }
  const violations = createViolations(log, () => now, onViolation)
  const origin = { client: 'x'.repeat(16_000), address: '10.0.0.1' }
  for (let i = 0; i < 100; i += 1) violations.add(origin, 'no')
  expect([logged.length, onViolation.mock.calls.length]).toEqual([30, 100])
  expect(logged[0]).toEqual([{ client: 'x'.repeat(100), address: '10.0.0.1' }, 'no'])
  now = 60_000
  violations.add(origin, 'no')
  expect(logged.slice(30).map(([fields]) => fields)).toEqual([{ count: 70 }, logged[0]?.[0]])
})

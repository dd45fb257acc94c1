import { expect, test } from 'vitest'
import { createCredentialWatch } from './credential-watch.ts'
import { testLog } from './testing/log.ts'

const dayMs = 86_400_000
const end = Date.UTC(2027, 10, 22)

function watchAt(start: number) {
  let time = start
  const log = testLog()
  const watch = createCredentialWatch({ now: () => time, log })
  const hear = (status = 304) =>
    watch.heard({
      status,
      headers: new Headers(status === 304 ? { 'credential-ends': new Date(end).toISOString() } : {}),
    })
  const pass = (ms: number) => {
    time += ms
  }
  return { watch, log, hear, pass }
}

test('createCredentialWatch() is silent until a month before the end, then says so, in the log once a day', () => {
  const { watch, log, hear, pass } = watchAt(end - 31 * dayMs)
  hear()
  expect(watch.notice()).toBeNull()
  pass(2 * dayMs)
  hear()
  hear()
  const words = 'The credential of this store at the account service ends on 2027-11-22, in 29 days. Whoever runs'
  expect(watch.notice()).toContain(words)
  expect(log.lines).toEqual([expect.stringContaining(words)])
  pass(dayMs)
  hear()
  expect(log.lines).toHaveLength(2)
})

test('createCredentialWatch() says what waits once it has ended or is refused, and no more when it is taken again', () => {
  const { watch, hear, pass } = watchAt(end - 365 * dayMs)
  hear(403)
  expect(watch.notice()).toMatch(/^The account service does not take this store's credential: bills wait, /)
  hear()
  expect(watch.notice()).toBeNull()
  pass(365 * dayMs)
  hear(401)
  expect(watch.notice()).toMatch(/ended on 2027-11-22: bills wait, and new accounts are not known\. Whoever/)
})

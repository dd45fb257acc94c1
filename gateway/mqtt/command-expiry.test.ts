import { expect, test } from 'vitest'
import { isExpired } from './command-expiry.ts'

const at = (expiresAt: number) => Buffer.from(JSON.stringify({ expiresAt }))

test.each([
  ['a command whose time is over', 'gate1/cmd/open', at(9), true],
  ['one whose time is not', 'gate1/cmd/open', at(11), false],
  ['one that has none', 'gate1/cmd/open', Buffer.from('{}'), false],
  ['one that is no JSON', 'gate1/cmd/open', Buffer.from('open'), false],
  ['what a device named cmd says', 'cmd/event/scan', at(9), false],
])('isExpired() of %s', (_what, rest, payload, isOver) => {
  expect(isExpired(`tillfree/1/s1/dev/${rest}`, payload, 10)).toBe(isOver)
})

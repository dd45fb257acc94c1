import { expect, test } from 'vitest'
import { isFromDevice } from './pace.ts'

test.each([
  ['s1', 'tillfree/1/s1/dev/g1/event/weight', true],
  ['s1', 'tillfree/1/s1/dev/g1/cmd/tare', false],
  ['s1', 'tillfree/1/s1/dev/g1/a/b/c/d', true],
  ['s1', 'tillfree/1/s2/dev/g1/event/weight', false],
  ['s1', 'tillfree/1/s1/gw/progress', false],
  ['s1', 'tillfree/1/s1/dev/cmd/event/weight', true],
  ['cmd', 'tillfree/1/cmd/dev/g1/event/weight', true],
  ['cmd', 'tillfree/1/cmd/dev/cmd/cmd/tare', false],
])('isFromDevice() in store %s: %s', (store, topic, isOne) => {
  expect(isFromDevice(store, topic)).toBe(isOne)
})

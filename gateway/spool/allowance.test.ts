import { describe, expect, test } from 'vitest'
import { testStore } from '../testing/store.ts'
import { createAllowance, mostBytes } from './allowance.ts'

const topicOf = (device: string, channel = 'event/weight') => `tillfree/1/s1/dev/${device}/${channel}`
const t0 = 1_767_261_600_000

describe('createAllowance()', () => {
  test('gives each device as much, and the same again when its window is over', () => {
    const allowance = createAllowance(testStore())
    expect(allowance.take(topicOf('g1'), mostBytes, t0)).toBe(true)
    expect(allowance.take(topicOf('g1', 'raw/weight'), 1, t0 + 9_999)).toBe(false)
    expect(allowance.take(topicOf('g2'), mostBytes, t0 + 9_999)).toBe(true)
    expect(allowance.take(topicOf('g1'), mostBytes, t0 + 10_000)).toBe(true)
  })

  test('takes nothing for a message that is not kept', () => {
    const allowance = createAllowance(testStore())
    expect(allowance.take(topicOf('g1'), mostBytes + 1, t0)).toBe(false)
    expect(allowance.take(topicOf('g1'), mostBytes, t0)).toBe(true)
  })

  test.each([
    ['a device that the store has not', topicOf('ghost')],
    ['another store', 'tillfree/1/s2/dev/g1/event/weight'],
    ['a topic deeper than any', topicOf('g1', 'a/b/c')],
    ['a picture', topicOf('cam1', 'raw/frame')],
    ['a topic longer than any', topicOf('g1', 'a'.repeat(300))],
  ])('wants no message of %s', (_, topic) => {
    const allowance = createAllowance(testStore())
    expect(allowance.isWanted(topicOf('g1'))).toBe(true)
    expect(allowance.isWanted(topic)).toBe(false)
    expect(allowance.take(topic, 1, t0)).toBe(false)
  })
})

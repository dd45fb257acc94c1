import { describe, expect, test } from 'vitest'
import { type Bug, breakageOf, merelyCopied } from './bugs.ts'
import { live } from './world/life.ts'

describe('live()', () => {
  test('finds nothing wrong in a world in which everything goes wrong', async () => {
    const { violation, bills, faults } = await live(13, breakageOf(null))
    expect(violation).toBeNull()
    expect(bills).toBeGreaterThan(5)
    // Fewer would mean that the faults do not reach what they should.
    expect([...faults.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(100)
  })

  test('finds nothing wrong where copies of the account service are put back by hand', async () => {
    const { violation } = await live(10, { ...breakageOf(null), restoreService: merelyCopied })
    expect(violation).toBeNull()
  })

  test('is the same again from the same seed, step by step', async () => {
    const first = await live(21, breakageOf(null))
    const second = await live(21, breakageOf(null))
    expect(second).toEqual(first)
    expect(second.trace).toMatch(/^[0-9a-f]{16}$/)
  })

  test.each<[Bug, number, RegExp]>([
    ['new-key-at-each-try', 2, /^the provider is asked only what was written down$/],
    ['silence-is-a-no', 2, /^money moves once for each bill and refund$/],
    ['gate-forgets-the-journal', 10, /^a gate that stays closed while the journal cannot be written$/],
    ['used-codes-in-memory', 6, /^a code of a phone opens a gate once$/],
    ['gate-forgets-the-room', 2, /^a gate that stays closed while the disk is almost full$/],
    ['service-restored-in-silence', 10, /^everything is done 300 s after the last fault$/],
    ['late-counts-as-now', 7, /, said \d+ s late, is (in no cart|told a person)$/],
  ])('finds %s', async (bug, seed, expected) => {
    const { violation } = await live(seed, breakageOf(bug))
    expect(violation).toMatchObject({ expected: expect.stringMatching(expected) })
  })
})

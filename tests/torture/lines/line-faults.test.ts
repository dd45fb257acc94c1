import { describe, expect, test } from 'vitest'
import { type Fate, LineFaults } from './line-faults.ts'

const chunk = Buffer.from('0123456789')

function fates(seed: number, line: string, alters: boolean): Fate[] {
  const faults = new LineFaults(seed, line, alters)
  return Array.from({ length: 2000 }, (_, i) => faults.fateOf(chunk, i % 2 === 0))
}

describe('LineFaults', () => {
  test('fateOf() is the same again from the same seed, and another for another line', () => {
    expect(fates(1, 'a', true)).toEqual(fates(1, 'a', true))
    expect(fates(1, 'a', true)).not.toEqual(fates(1, 'b', true))
  })

  test('fateOf() alters bytes only where it may, and never the ones it was given', () => {
    const altered = (alters: boolean) =>
      Array.from({ length: 20 }, (_, seed) => fates(seed, 'a', alters))
        .flat()
        .filter((fate) => fate.kind === 'passed' && !fate.bytes.equals(chunk))
    expect(altered(true).length).toBeGreaterThan(100)
    expect(altered(false)).toEqual([])
    expect(chunk.toString()).toBe('0123456789')
  })

  test('fateOf() lets everything pass once it is healed', () => {
    const faults = new LineFaults(1, 'a', true)
    faults.heal()
    for (let i = 0; i < 1000; i++) expect(faults.fateOf(chunk, true)).toEqual({ kind: 'passed', bytes: chunk })
    expect([faults.refuses(), faults.counts.size]).toEqual([false, 0])
  })
})

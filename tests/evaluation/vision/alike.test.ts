import { describe, expect, it } from 'vitest'
import { alikeOf } from './alike.ts'

describe('alikeOf()', () => {
  it('puts the same kind first, and within it whoever is mistaken most', () => {
    const kinds = ['Milk', 'Apple', 'Milk', 'Milk']
    const answers = [
      { probabilities: [0.4, 0.4, 0.05, 0.15], truth: 0 },
      { probabilities: [0.1, 0.6, 0.1, 0.2], truth: 1 },
    ]
    expect(alikeOf(kinds, answers)).toEqual([
      [3, 2, 1],
      [3, 0, 2],
      [0, 3, 1],
      [0, 2, 1],
    ])
  })
})

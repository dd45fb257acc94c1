import { describe, expect, it } from 'vitest'
import { parseOptions } from './options.ts'

const needed = ['node', 'gateway', '--store', 'store.json', '--data', 'data']

describe('parseOptions()', () => {
  it('takes what errors and a look cost, in money', () => {
    const given = ['--overcharge-weight', '2', '--wrong-cost', '50', '--review-cost', '80']
    expect(parseOptions([...needed, ...given])).toMatchObject({ overchargeWeight: 2, wrongCost: 50, reviewCost: 80 })
  })

  it('has usual costs where none are given', () => {
    expect(parseOptions(needed)).toMatchObject({ overchargeWeight: 1.25, wrongCost: 100, reviewCost: 250 })
  })
})

import { describe, expect, it } from 'vitest'
import { createProductWitness } from './product-witness.ts'

const milk = new Float32Array([1, 0])
const juice = new Float32Array([0, 1])
const looks = new Map([
  ['milk', milk],
  ['juice', juice],
])
const temperature = 0.1

const witness = () => createProductWitness(looks, temperature)

describe('createProductWitness()', () => {
  it('says what was held when a plate stirred, once the plate is still', () => {
    const one = witness()
    one.saw({ tsMs: 900, cells: ['c1'], features: milk })
    one.stirred('c1', 1000)
    one.stirred('c1', 1400)
    expect(one.said(3000)).toEqual([])
    const [event, ...others] = one.said(4000)
    expect(others).toEqual([])
    expect(event).toMatchObject({ cells: ['c1'], from: 1000, to: 1400, rest: 0.5 })
    // A look is wrong in three of ten cases: then it can be either.
    expect(event?.likelihoods.milk).toBeCloseTo(0.85, 2)
    expect(event?.likelihoods.juice).toBeCloseTo(0.15, 2)
    expect(one.said(5000)).toEqual([])
  })

  it('hears a hand once, however often it was looked at and however many plates it stirred', () => {
    const once = witness()
    once.saw({ tsMs: 1000, cells: ['c1', 'c2'], features: milk })
    once.stirred('c1', 1000)
    const often = witness()
    for (let tsMs = 600; tsMs <= 1800; tsMs += 100) often.saw({ tsMs, cells: ['c1', 'c2'], features: milk })
    often.stirred('c1', 1000)
    often.stirred('c2', 1100)
    const [event] = often.said(9000)
    expect(event?.cells).toEqual(['c1', 'c2'])
    const [one] = once.said(9000)
    expect(event?.likelihoods.milk).toBeCloseTo(one?.likelihoods.milk ?? 0, 2)
  })

  it('says less when looks disagree, and nothing without any', () => {
    const torn = witness()
    torn.stirred('c1', 1000)
    torn.saw({ tsMs: 1000, cells: ['c1'], features: milk })
    torn.saw({ tsMs: 1200, cells: ['c1'], features: juice })
    expect(torn.said(9000)[0]?.likelihoods.milk).toBeCloseTo(0.5)
    const blind = witness()
    blind.stirred('c1', 1000)
    blind.saw({ tsMs: 1000, cells: ['c9'], features: milk })
    blind.saw({ tsMs: 2500, cells: ['c1'], features: milk })
    expect(blind.said(9000)).toEqual([])
    expect(createProductWitness(new Map(), 1).said(9000)).toEqual([])
  })

  it('goes by the looks that show something known, and says little where none does', () => {
    const nothing = new Float32Array([0.1, 0.1])
    const empty = witness()
    empty.stirred('c1', 1000)
    for (const tsMs of [800, 900, 1000, 1100]) empty.saw({ tsMs, cells: ['c1'], features: nothing })
    expect(empty.said(9000)[0]?.likelihoods.milk).toBeCloseTo(0.5, 2)
    empty.stirred('c1', 20_000)
    for (const tsMs of [19_800, 19_900]) empty.saw({ tsMs, cells: ['c1'], features: nothing })
    empty.saw({ tsMs: 20_200, cells: ['c1'], features: milk })
    expect(empty.said(30_000)[0]?.likelihoods.milk).toBeCloseTo(0.84, 1)
  })

  it('takes two hands at two plates apart', () => {
    const two = witness()
    two.saw({ tsMs: 1000, cells: ['c1'], features: milk })
    two.saw({ tsMs: 1000, cells: ['c5'], features: juice })
    two.stirred('c1', 1000)
    two.stirred('c5', 1000)
    expect(two.said(9000).map(({ cells, likelihoods }) => [cells, (likelihoods.milk ?? 0) > 0.5])).toEqual([
      [['c1'], true],
      [['c5'], false],
    ])
  })
})

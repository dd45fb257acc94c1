import { describe, expect, it } from 'vitest'
import { type Cluster, changesOf, mostLikely, prune } from './cluster.ts'
import { coarsened, refined } from './coarse.ts'
import type { Hypothesis, SlotKey } from './hypothesis.ts'

const thing = (sku: string) => ({ sku, grams: 100, sdGrams: 1, cell: 'c1' })
const pick = (sku: string) => ({ kind: 'pick', sku, quantity: 1, grams: 100, cells: ['c1'], holder: 'ann' }) as const

/** Ann took A or B; whoever did, another took C or D, which has nothing to do with her. */
function doubts(): Cluster {
  const keys: SlotKey[] = ['s:ann#1', 's:bob#2']
  const hypotheses = (['A', 'B'] as const).flatMap((mine, i) =>
    (['C', 'D'] as const).map(
      (theirs, j): Hypothesis => ({
        logWeight: Math.log([0.6, 0.4][i] ?? 0) + Math.log([0.7, 0.3][j] ?? 0),
        places: { 's:ann#1': [thing(mine)], 's:bob#2': [thing(theirs)] },
        choices: { '1': [pick(mine)], '2': [pick(theirs)] },
      }),
    ),
  )
  return { keys, hypotheses: prune(keys, hypotheses) }
}

describe('coarsened()', () => {
  it('tells apart only what differs in the places that a change concerns', () => {
    const { cluster } = coarsened(doubts(), new Set(['s:ann']), 0)
    expect(cluster.hypotheses.map(({ places }) => places['s:ann#1']?.[0]?.sku)).toEqual(['A', 'B'])
    expect(Math.exp(cluster.hypotheses[1]?.logWeight ?? 0)).toBeCloseTo(0.4 / 0.6)
    expect(coarsened(doubts(), new Set(['s:eve']), 0).cluster.hypotheses).toHaveLength(1)
  })

  it('gives by refined() what it was made from', () => {
    for (const place of ['s:ann', 's:bob', 's:eve']) {
      const coarse = coarsened(doubts(), new Set([place]), 3)
      const { keys, hypotheses } = refined(coarse.cluster, [coarse])
      expect(keys).toEqual(doubts().keys)
      const weights = (list: readonly Hypothesis[]) => list.map(({ logWeight }) => Math.round(logWeight * 1e6))
      expect(weights(hypotheses)).toEqual(weights(doubts().hypotheses))
    }
  })

  it('leaves what its members say as it was when one of its hypotheses is gone', () => {
    const coarse = coarsened(doubts(), new Set(['s:ann']), 0)
    const [first] = coarse.cluster.hypotheses
    const after = refined({ keys: coarse.cluster.keys, hypotheses: first === undefined ? [] : [first] }, [coarse])
    expect(changesOf(after)).toEqual(['1', '2'])
    expect(mostLikely(after, '1')).toMatchObject({ acts: [{ sku: 'A' }], probability: expect.closeTo(1) })
    expect(mostLikely(after, '2')).toMatchObject({ acts: [{ sku: 'C' }], probability: expect.closeTo(0.7) })
  })
})

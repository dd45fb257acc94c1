/** A case of what was said too late in the demonstration shop, for the page tests. */
import type { LateCase, LatePerson, LateSummary } from '../../models/contracts/late.ts'
import type { Store } from '../../models/contracts/store.ts'

const minuteMs = 60_000
const person = (shopper: string, bill: LatePerson['bill']): LatePerson => ({
  shopper,
  name: shopper,
  tripId: bill === 'none' ? null : `trip-of-${shopper}`,
  bill,
})

export function lateSummary(store: Store, ts: number): LateSummary {
  return { id: 'late-of-a-shelf', shelf: store.fixtures[0]?.shelves[1]?.id ?? '', ts, count: 3 }
}

export function sampleLate(store: Store, ts: number): LateCase {
  const [water, other] = store.products.map(({ sku }) => sku)
  const cell = store.fixtures[0]?.shelves[1]?.cells[2]?.id
  if (water === undefined || other === undefined || cell === undefined)
    throw new Error('the sample store has products and cells')
  const way = (kind: 'pick' | 'put', sku: string | null, quantity: number, probability: number) => ({
    probability,
    acts: [{ kind, sku, quantity }],
  })
  return {
    ...lateSummary(store, ts),
    changes: [
      {
        ts: ts - minuteMs,
        happened: { from: ts - 8 * minuteMs - 300, to: ts - 8 * minuteMs },
        cells: [{ cell, deltaGrams: -541 }],
        ways: [way('pick', water, 1, 0.83), way('pick', other, 1, 0.16)],
        unseen: false,
        people: [person('t-5', 'review'), person('t-3', 'final'), person('t-8', 'none')],
      },
      {
        ts: ts - minuteMs,
        happened: { from: ts - 9 * minuteMs, to: ts - 7 * minuteMs },
        cells: [{ cell, deltaGrams: 3200 }],
        ways: [way('put', water, 6, 0.98)],
        unseen: true,
        people: [],
      },
      {
        ts,
        happened: null,
        cells: [{ cell, deltaGrams: -330 }],
        ways: [way('pick', null, 1, 0.6), { probability: 0.4, acts: [] }],
        unseen: false,
        people: [],
      },
    ],
    decision: null,
  }
}

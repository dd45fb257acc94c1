/** A review of the demonstration shop, for the page tests: shopper 5 or shopper 7 took one of two like waters. */
import type { ReviewCase, ReviewSummary } from '../../models/contracts/reviews.ts'
import type { Store } from '../../models/contracts/store.ts'

type Point = [number, number]

export function sampleReview(store: Store, tripId: string, endedAt: number): ReviewCase {
  const [mine, other, bread] = store.products.map(({ sku }) => sku)
  const cell = store.fixtures[0]?.shelves[1]?.cells[2]
  if (mine === undefined || other === undefined || bread === undefined || cell === undefined)
    throw new Error('the sample store has products and cells')
  const agreed = { sku: bread, quantity: 1 }
  const took = (shopper: string, sku: string) => [{ kind: 'pick' as const, sku, quantity: 1, shopper }]
  const near: Point = [cell.center[0] + 0.1, cell.center[1]]
  return {
    ...summary(tripId, endedAt),
    aliases: [],
    startedAt: endedAt - 240_000,
    currency: store.currency,
    explanations: [
      { probability: 0.62, lines: [{ sku: mine, quantity: 1 }, agreed] },
      { probability: 0.31, lines: [agreed] },
      { probability: 0.05, lines: [{ sku: other, quantity: 1 }, agreed] },
    ],
    others: 0.02,
    formerProducts: [],
    late: [],
    doubts: [
      {
        change: '000000042',
        ts: endedAt - 60_000,
        cells: [
          { cell: cell.id, deltaGrams: -498.2 },
          { cell: cellAfter(store, cell.id), deltaGrams: -43.1 },
        ],
        ways: [took('t-5', mine), took('t-7', mine), took('t-5', other)],
        evidence: {
          weights: [
            { cell: cell.id, ...weights(-498.2) },
            { cell: cellAfter(store, cell.id), ...weights(-43.1) },
          ],
          people: [
            { shopper: 't-5', track: track(near, -0.25) },
            { shopper: 't-7', track: track(near, 0.35) },
          ],
        },
      },
      {
        change: '000000047',
        ts: endedAt - 45_000,
        cells: [{ cell: cell.id, deltaGrams: 12.3 }],
        ways: [[], [{ kind: 'put', sku: null, quantity: 1, shopper: 't-7' }], []],
        evidence: null,
      },
    ],
    decision: null,
  }
}

export function summary(tripId: string, endedAt: number): ReviewSummary {
  return { tripId, shopper: 't-5', account: null, endedAt, totalMinor: 0 }
}

function cellAfter(store: Store, id: string): string {
  const cells = store.fixtures.flatMap(({ shelves }) => shelves.flatMap((shelf) => shelf.cells))
  return cells[cells.findIndex((cell) => cell.id === id) + 1]?.id ?? id
}

/** A hand presses, the thing goes, the plate rings. */
function weights(grams: number) {
  const ms = Array.from({ length: 58 }, (_, i) => -2500 + 100 * i)
  const feel = (at: number) => {
    if (at < -300) return 0.6 * Math.sin(at)
    if (at < 0) return -0.1 * grams * Math.sin(((at + 300) / 300) * Math.PI)
    return grams * (1 + 0.08 * Math.exp(-at / 250) * Math.cos(at / 60)) + 0.6 * Math.sin(at)
  }
  return { ms, grams: ms.map((at) => Math.round(10 * feel(at)) / 10) }
}

/** Comes, reaches and goes on. `aside`: metres beside the plate. */
function track([x, y]: Point, aside: number) {
  return Array.from({ length: 21 }, (_, i) => {
    const ms = -2000 + 200 * i
    const away = Math.abs(ms) / 2000
    const at: Point = [x + aside + 0.5 * away * Math.sign(ms), y - 0.7 - 0.3 * away]
    const hand: Point = [at[0] + (x - at[0]) * (1 - away), at[1] + 0.7 * (1 - away)]
    return { ms, at, hands: [hand] }
  })
}

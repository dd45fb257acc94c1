import { expect, test } from 'vitest'
import { catalogueOf } from '../core.ts'
import { store } from '../fixture.ts'
import { actorsOf, explain } from './explain.ts'
import { cartOf, type Explanation, lyingOn, type PlaceKey, type Thing } from './hypothesis.ts'
import { nothingLearned } from './learned.ts'
import { partings, weighing } from './parts.ts'

const catalogue = catalogueOf(store)
const weigh = weighing(catalogue, nothingLearned)
const water: Thing = { sku: 'water', grams: 538, sdGrams: 0.7, cell: 'p3' }

/** Ann and Ben, each with their hands there or not; water lies in the slot of the cola. */
function taken(grams: number, { ann, ben }: { readonly ann: number; readonly ben: number }) {
  const seen = Object.entries({ ann, ben }).map(([holder, odds]) => ({ holder, staff: false, logOdds: [odds] }))
  const ways = partings(weigh, [{ cell: 'p3', ts: 0, deltaGrams: -grams, sdGrams: 0.5 }])
  const contents = (place: PlaceKey) => (place === lyingOn('p3') ? [water] : [])
  return explain({ catalogue, weigh }, ways, actorsOf(seen, 1), contents)
}
const acts = ({ acts: all }: Explanation) => all.map(({ holder, quantity, sku }) => `${holder} ${quantity} ${sku}`)
const cola = catalogue.products.get('cola')?.massGrams.mean ?? 0

test('takes() finds that two people took what lies there and merchandise, either the one, and leaves nothing lying', () => {
  const [best, next] = taken(538 + 2 * cola, { ann: 3, ben: 3 })
  if (best === undefined || next === undefined) throw new Error('no explanation')
  expect([acts(best), acts(next)].sort()).toEqual([
    ['ann 2 cola', 'ben 1 water'],
    ['ben 2 cola', 'ann 1 water'],
  ])
  expect(best.logLikelihood).toBeCloseTo(next.logLikelihood)
  expect(best.places[lyingOn('p3')]).toEqual([])
  expect(
    Object.keys(best.places)
      .filter((place) => place.startsWith('s:'))
      .sort(),
  ).toEqual([cartOf('ann'), cartOf('ben')])
})

test('takes() gives both to the one whose hand was there', () => {
  const [best] = taken(538 + cola, { ann: 3, ben: -3 })
  expect(best && acts(best)).toEqual(['ann 1 cola', 'ann 1 water'])
  expect(best?.places[cartOf('ann')]?.map(({ sku }) => sku)).toEqual(['cola', 'water'])
})

test('takes() takes what weighs as much as the thing that lies there for that thing alone', () => {
  const [best] = taken(538.4, { ann: 3, ben: 3 })
  expect(best && acts(best)).toHaveLength(1)
})

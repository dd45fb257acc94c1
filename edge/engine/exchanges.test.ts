import { expect, test } from 'vitest'
import { catalogueOf } from '../core.ts'
import { store } from '../fixture.ts'
import { actorsOf, explain } from './explain.ts'
import { cartOf, type Explanation, lyingOn, type PlaceKey, type Thing } from './hypothesis.ts'
import { nothingLearned } from './learned.ts'
import { partings, weighing } from './parts.ts'

const catalogue = catalogueOf(store)
const weigh = weighing(catalogue, nothingLearned)
const water: Thing = { sku: 'water', grams: 538, sdGrams: 0.7, cell: 'p1' }
const cola = catalogue.products.get('cola')?.massGrams.mean ?? 0
const acts = (one: Explanation | undefined) =>
  one?.acts.map(({ kind, holder, quantity, sku }) => `${holder} ${kind} ${quantity} ${sku}`)

/** Ann holds a bottle of water; the plate of the cola changes by some grams. */
function explained(grams: number, { ann, ben }: { readonly ann: number; readonly ben: number }) {
  const seen = Object.entries({ ann, ben }).map(([holder, odds]) => ({ holder, staff: false, logOdds: [odds] }))
  const ways = partings(weigh, [{ cell: 'p3', ts: 0, deltaGrams: grams, sdGrams: 0.5 }])
  const contents = (place: PlaceKey) => (place === cartOf('ann') ? [water] : [])
  return explain({ catalogue, weigh }, ways, actorsOf(seen, 1), contents)
}

test('exchanges() finds that one put what they held while the other took what stands there', () => {
  const [best] = explained(538 - cola, { ann: 3, ben: 3 })
  expect(acts(best)).toEqual(['ann put 1 water', 'ben pick 1 cola'])
  expect(best?.places[cartOf('ann')]).toEqual([])
  expect(best?.places[cartOf('ben')]?.map(({ sku }) => sku)).toEqual(['cola'])
  expect(best?.places[lyingOn('p3')]?.map(({ sku, grams }) => `${sku} ${grams}`)).toEqual(['water 538'])
})

test('exchanges() gives both to the one whose hands were there', () => {
  const [best] = explained(538 - cola, { ann: 3, ben: -3 })
  expect(acts(best)).toEqual(['ann put 1 water', 'ann pick 1 cola'])
  expect(best?.places[cartOf('ann')]?.map(({ sku }) => sku)).toEqual(['cola'])
})

test('exchanges() finds it when what was taken is the heavier one', () => {
  const light: Thing = { ...water, sku: 'gum', grams: 25 }
  const ways = partings(weigh, [{ cell: 'p3', ts: 0, deltaGrams: 25 - cola, sdGrams: 0.5 }])
  const seen = ['ann', 'ben'].map((holder) => ({ holder, staff: false, logOdds: [3] }))
  const [other] = explain({ catalogue, weigh }, ways, actorsOf(seen, 1), (place) =>
    place === cartOf('ann') ? [light] : [],
  )
  expect(acts(other)).toEqual(['ann put 1 gum', 'ben pick 1 cola'])
})

test('exchanges() leaves a plain put and a plain take what they are', () => {
  expect(acts(explained(538, { ann: 3, ben: 3 })[0])).toEqual(['ann put 1 water'])
  expect(acts(explained(-cola, { ann: -3, ben: 3 })[0])).toEqual(['ben pick 1 cola'])
})

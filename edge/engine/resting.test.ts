import { expect, test } from 'vitest'
import { catalogueOf } from '../core.ts'
import { store } from '../fixture.ts'
import { actorsOf, explain } from './explain.ts'
import { cartOf, type Explanation, lyingOn, type PlaceKey, type Thing } from './hypothesis.ts'
import { nothingLearned } from './learned.ts'
import { partings, weighing } from './parts.ts'

const catalogue = catalogueOf(store)
const weigh = weighing(catalogue, nothingLearned)
const cola = catalogue.products.get('cola')?.massGrams.mean ?? 0
const acts = (one: Explanation | undefined) =>
  one?.acts.map(({ kind, holder, quantity, sku }) => `${holder} ${kind} ${quantity} ${sku}`)

/** Ann has a hand at the plate of the cola, which changes by some grams. */
function explained(grams: number, stays: boolean, lying: readonly Thing[] = [], cart: readonly Thing[] = []) {
  const ways = partings(weigh, [{ cell: 'p3', ts: 0, deltaGrams: grams, sdGrams: 0.5 }])
  const held = new Map<PlaceKey, readonly Thing[]>([
    [lyingOn('p3'), lying],
    [cartOf('ann'), cart],
  ])
  const actors = actorsOf([{ holder: 'ann', staff: false, logOdds: [2], stays }], 1)
  return explain({ catalogue, weigh }, ways, actors, (place) => held.get(place) ?? [])
}
const lyingAfter = (one: Explanation | undefined) => one?.places[lyingOn('p3')] ?? []

test('rests() takes a part of a package for what a hand bears that is still there', () => {
  const [best] = explained(-80, true)
  expect(acts(best)).toEqual([])
  expect(lyingAfter(best).map(({ sku, grams }) => [sku, grams])).toEqual([[null, -80]])
  expect(explained(-80, false).flatMap(lyingAfter)).toEqual([])
})

test('rests() knows by both parts what was taken when the hand goes', () => {
  const borne = lyingAfter(explained(-80, true)[0])
  const [best] = explained(-(cola - 80), false, borne)
  expect(acts(best)).toEqual(['ann pick 1 cola'])
  expect(best?.places[cartOf('ann')]?.map(({ sku, grams }) => [sku, grams])).toEqual([['cola', cola]])
  expect(lyingAfter(best)).toEqual([])
})

test('rests() lets go of what a hand bore when it all comes back, and nobody has put anything', () => {
  const borne = lyingAfter(explained(-80, true)[0])
  const [best] = explained(80.3, false, borne)
  expect(acts(best)).toEqual([])
  expect(best?.places[lyingOn('p3')]).toEqual([])
})

test('rests() tells what presses from what is put, and what is taken with it in the end', () => {
  const [pressed] = explained(60, true)
  expect(acts(pressed)).toEqual([])
  expect(acts(explained(-(cola + 60), false, lyingAfter(pressed))[0])).toEqual(['ann pick 1 cola'])
  const gum: Thing = { sku: 'gum', grams: 25, sdGrams: 0.5, cell: 'p4' }
  expect(acts(explained(25.1, true, [], [gum])[0])).toEqual(['ann put 1 gum'])
})

test('rests() leaves a whole package that was taken taken, though the hand is still there', () => {
  expect(acts(explained(-cola, true)[0])).toEqual(['ann pick 1 cola'])
})

import { describe, expect, it } from 'vitest'
import { catalogueOf } from '../../edge/core.ts'
import { store } from '../../edge/fixture.ts'
import type { Observation } from '../../edge/observations.ts'
import { greedyBills } from './greedy.ts'
import { change, enters } from './testing.ts'

const itemsOf = (observations: readonly Observation[]) =>
  greedyBills(catalogueOf(store), observations).map(({ shopper, items }) => [
    shopper,
    Object.fromEntries(items.map(({ sku, quantity }) => [sku, quantity])),
  ])

describe('greedyBills()', () => {
  it('takes the nearest mass of what belongs there, and the best hand', () => {
    const reach = { anna: -1, bruno: 2 }
    const bills = itemsOf([enters('anna'), enters('bruno'), change('p1', -1079, reach), change('p3', -349, reach)])
    expect(bills).toEqual([
      ['anna', {}],
      ['bruno', { water: 2, cola: 1 }],
    ])
  })

  it('looks at everything where nothing belongs', () => {
    expect(itemsOf([enters('anna'), change('p5', -543, { anna: 1 })])).toEqual([['anna', { tea: 1 }]])
  })

  it('takes back from the cart what is held, and nothing else', () => {
    const pick = change('p3', -350, { anna: 1 })
    const put = change('p3', 350, { anna: 1 })
    expect(itemsOf([enters('anna'), pick, put])).toEqual([['anna', {}]])
    expect(itemsOf([enters('anna'), put, pick])).toEqual([['anna', { cola: 1 }]])
  })

  it('bills people of one account together, and staff not at all', () => {
    const known = (shopper: string, account: string, staff = false): Observation => ({
      kind: 'identified',
      ts: 0,
      shopper,
      account,
      staff,
    })
    const bills = itemsOf([
      enters('anna'),
      enters('bruno'),
      enters('carla'),
      known('anna', 'a1'),
      known('bruno', 'a1'),
      known('carla', 'staff1', true),
      change('p3', -350, { anna: 1 }),
      change('p3', -350, { bruno: 1 }),
      change('p3', -350, { carla: 1 }),
    ])
    expect(bills).toEqual([['a1', { cola: 2 }]])
  })
})

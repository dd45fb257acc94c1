import { expect, test } from 'vitest'
import { demoStore } from '../layout/store.ts'
import { Random } from '../random.ts'
import { Floor } from './floor.ts'
import { crosses, grown, type Vec2 } from './geometry.ts'
import { shelvingOf } from './shelving.ts'

const store = demoStore({ entry: 'open', scales: 'plates' })
const shelving = shelvingOf(store)
const floor = new Floor(store, shelving)

test('Floor.route() never goes through a gondola', () => {
  const random = new Random(1, 'floor')
  const free = (): Vec2 => {
    for (;;) {
      const point: Vec2 = [random.range(0, 6), random.range(0, 5.5)]
      if (floor.isFree(point)) return point
    }
  }
  for (let i = 0; i < 300; i++) {
    const from = free()
    const way = [from, ...floor.route(from, free())]
    for (const [leg, to] of way.slice(1).entries()) {
      const begin = way[leg] ?? to
      expect(shelving.footprints.some((box) => crosses(begin, to, grown(box, 0.1)))).toBe(false)
    }
  }
})

test('Floor.route() goes straight where nothing is in the way', () => {
  expect(floor.route([0.5, 0.5], [1, 2])).toEqual([[1, 2]])
})

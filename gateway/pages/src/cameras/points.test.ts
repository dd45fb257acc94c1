import { expect, test } from 'vitest'
import { added, changed, floorPoints, noDrafts, removed } from './points.ts'

test('points are added, placed, changed and removed, and the one at hand is selected', () => {
  const two = added(added(noDrafts, 10, 20), 30, 40)
  expect(two.selected).toBe(2)
  expect(floorPoints(two)).toEqual([])
  const placed = changed(changed(two, 1, { x: 1, y: 2 }), 2, { x: 3, y: 4, z: 1.2 })
  expect(floorPoints(placed)).toEqual([
    { pixel: [10, 20], place: [1, 2, 0] },
    { pixel: [30, 40], place: [3, 4, 1.2] },
  ])
  expect(removed(placed, 2)).toMatchObject({ points: [{ key: 1 }], selected: null })
  expect(changed(placed, 1, { x: null }).points[0]?.x).toBeNull()
})

test('added() stops at forty points', () => {
  let drafts = noDrafts
  for (let i = 0; i < 50; i += 1) drafts = added(drafts, i, i)
  expect(drafts.points).toHaveLength(40)
})

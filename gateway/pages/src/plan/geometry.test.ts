import { describe, expect, test } from 'vitest'
import type { Fixture, Store } from '../../../../models/contracts/store.ts'
import { floorPlanOf } from './geometry.ts'

const plate = (id: string, center: [number, number, number]) => ({ id, center, size: [0.1, 0.4] as [number, number] })

function storeWith(fixtures: readonly Fixture[]): Store {
  return {
    schema: 'tillfree.store/1',
    id: 's1',
    name: 'Shop',
    currency: 'EUR',
    timezone: 'Europe/Rome',
    entry: 'open',
    zones: [
      {
        id: 'door',
        kind: 'entry-exit',
        polygon: [
          [0, 0],
          [1, 0],
          [1, 2],
          [0, 2],
        ],
      },
    ],
    fixtures: [...fixtures],
    products: [],
    planogram: [],
    devices: [
      { id: 'rx1', kind: 'receiver', position: [0, 0, 2.5] },
      { id: 'gate1', kind: 'gate', zone: 'door' },
      { id: 'trk', kind: 'tracker' },
    ],
  }
}

const gondola: Fixture = {
  id: 'g1',
  kind: 'gondola',
  front: [0, -1],
  shelves: [
    { id: 'high', device: 'g1', cells: [plate('high-1', [3, 1, 1.5]), plate('high-2', [3.1, 1, 1.5])] },
    { id: 'low', device: 'g1', cells: [plate('low-1', [3, 1, 0.3])] },
  ],
}

describe('floorPlanOf()', () => {
  test('floorPlanOf() draws a shelf as a strip, the lowest at the open side', () => {
    const [fixture] = floorPlanOf(storeWith([gondola])).fixtures
    expect(fixture?.outline).toBe('315,-120 295,-120 295,-80 315,-80')
    expect(fixture?.plates).toEqual([
      { cell: 'low-1', shelf: 'low', points: '305,-100 295,-100 295,-80 305,-80' },
      { cell: 'high-1', shelf: 'high', points: '305,-120 295,-120 295,-100 305,-100' },
      { cell: 'high-2', shelf: 'high', points: '315,-120 305,-120 305,-100 315,-100' },
    ])
  })

  test('floorPlanOf() turns a fixture that faces sideways', () => {
    const cells = [plate('low-1', [3, 1, 0.3])]
    const sideways: Fixture = { ...gondola, front: [-1, 0], shelves: [{ id: 'low', device: 'g1', cells }] }
    const [fixture] = floorPlanOf(storeWith([sideways])).fixtures
    expect(fixture?.outline).toBe('320,-95 320,-105 280,-105 280,-95')
  })

  test('floorPlanOf() leaves a margin, and shows gates in their zone', () => {
    const { bounds, devices } = floorPlanOf(storeWith([gondola]))
    expect(bounds).toEqual({ x: -40, y: -240, width: 395, height: 280 })
    expect(devices).toEqual([
      { id: 'rx1', kind: 'receiver', at: [0, -0] },
      { id: 'gate1', kind: 'gate', at: [50, -100] },
    ])
  })

  test('floorPlanOf() copes with a store without fixtures or zones', () => {
    const empty = floorPlanOf({ ...storeWith([{ ...gondola, shelves: [] }]), zones: [], devices: [] })
    expect(empty).toEqual({ bounds: { x: 0, y: 0, width: 500, height: 500 }, zones: [], fixtures: [], devices: [] })
  })
})

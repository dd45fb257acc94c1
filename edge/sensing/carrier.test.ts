import { describe, expect, it } from 'vitest'
import type { Position } from '../../models/contracts/units.ts'
import type { Hearing, Step } from './beacons.ts'
import { carrierLogOdds } from './carrier.ts'

const receivers: Readonly<Record<string, Position>> = {
  rx1: [0, 0, 2.5],
  rx2: [10, 0, 2.5],
  rx3: [10, 8, 2.5],
  rx4: [0, 8, 2.5],
}

type Way = (window: number) => readonly [number, number]
const round: Way = (w) => [5 + 4 * Math.cos(w / 4), 4 + 3 * Math.sin(w / 4)]
const opposite: Way = (w) => [5 - 4 * Math.cos(w / 4), 4 - 3 * Math.sin(w / 4)]
const standing: Way = () => [9, 4]

function walk(way: Way, windows: number): Step[] {
  return Array.from({ length: windows }, (_, window) => ({ window, x: way(window)[0], y: way(window)[1], count: 10 }))
}

/** What receivers hear of a phone on its way: log-distance, some deterministic noise, and how strong the phone sends. */
function hearings(way: Way, windows: number, { strongerDb = 0, only = Object.keys(receivers) } = {}): Hearing[] {
  return Array.from({ length: windows }, (_, window) => ({
    window,
    rssi: Object.fromEntries(
      only.map((id, i): [string, [number, number]] => {
        const [x, y, z] = receivers[id] ?? [0, 0, 0]
        const metres = Math.hypot(way(window)[0] - x, way(window)[1] - y, z - 1)
        const dbm = -61.9 - 14 * Math.log10(metres) + strongerDb + 3 * Math.sin(7 * window + 2 * i)
        return [id, [4 * dbm, 4]]
      }),
    ),
  }))
}

describe('carrierLogOdds()', () => {
  it('says nothing where nothing was heard or nobody was seen', () => {
    expect(carrierLogOdds([], receivers, walk(round, 20))).toBe(0)
    expect(carrierLogOdds(hearings(round, 20), receivers, [])).toBe(0)
    expect(carrierLogOdds(hearings(round, 20), {}, walk(round, 20))).toBe(0)
  })

  it('tells who carries a phone from who walks elsewhere or stands, however strong it sends', () => {
    for (const strongerDb of [-10, 0, 10]) {
      const heard = hearings(round, 60, { strongerDb })
      expect(carrierLogOdds(heard, receivers, walk(round, 60))).toBeGreaterThan(5)
      expect(carrierLogOdds(heard, receivers, walk(opposite, 60))).toBeLessThan(-5)
    }
  })

  it('is not persuaded by a phone that lies where somebody stands', () => {
    const heard = hearings(standing, 150)
    expect(carrierLogOdds(heard, receivers, walk(standing, 150))).toBeLessThan(4)
    expect(carrierLogOdds(heard, receivers, walk(round, 150))).toBeLessThan(-5)
  })

  it('says little with one receiver', () => {
    const heard = hearings(round, 60, { only: ['rx1'] })
    expect(carrierLogOdds(heard, receivers, walk(round, 60))).toBeLessThan(8)
  })
})

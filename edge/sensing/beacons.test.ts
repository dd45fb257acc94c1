import { describe, expect, it } from 'vitest'
import type { Account } from '../../models/contracts/recording.ts'
import { t0 } from '../fixture.ts'
import { beaconOwners, forgetSilent, hear, newBeacons, type Step, walkBy, windowOf } from './beacons.ts'

const beacon = { uuid: 'ABCD', major: 1, minor: 2 }
const account = (id: string): Account => ({ id, codes: [], beacon })
const receiver: Parameters<typeof hear>[1] = { id: 'rx1', position: [0, 0, 2.5] }
const adv = (minor: number, rssi: number) => ({
  address: 'changes',
  rssi,
  beacon: { kind: 'ibeacon', uuid: 'abcd', major: 1, minor },
})

describe('hear()', () => {
  it('keeps sums by account, window and receiver', () => {
    const beacons = newBeacons()
    const owners = beaconOwners([account('anna')])
    hear(beacons, receiver, owners, [adv(2, -70), adv(2, -72)], t0)
    hear(beacons, receiver, owners, [adv(2, -60)], t0 + 2000)
    expect(beacons.heard).toEqual({
      anna: [
        { window: windowOf(t0), rssi: { rx1: [-142, 2] } },
        { window: windowOf(t0) + 1, rssi: { rx1: [-60, 1] } },
      ],
    })
  })

  it('does not listen to beacons of nobody or of two, to phones without one, or to readings that are none', () => {
    const beacons = newBeacons()
    const advs = [adv(3, -70), { address: 'changes', rssi: -70 }, adv(2, 127), adv(2, 0)]
    hear(beacons, receiver, beaconOwners([account('anna')]), advs, t0)
    hear(beacons, receiver, beaconOwners([account('anna'), account('bo')]), [adv(2, -70)], t0)
    for (const name of ['constructor', '__proto__'])
      hear(beacons, receiver, beaconOwners([account(name)]), [adv(2, -70)], t0)
    expect(beacons.heard).toEqual({})
  })

  it('is bounded, and forgets who is heard no more', () => {
    const beacons = newBeacons()
    const owners = beaconOwners([account('anna')])
    for (let s = 0; s < 1200; s++) hear(beacons, receiver, owners, [adv(2, -70)], t0 + 1000 * s)
    expect(beacons.heard.anna).toHaveLength(150)
    forgetSilent(beacons, t0 + 1_200_000)
    expect(Object.keys(beacons.heard)).toEqual(['anna'])
    forgetSilent(beacons, t0 + 1_400_000)
    expect(Object.keys(beacons.heard)).toEqual([])
  })
})

describe('walkBy()', () => {
  it('keeps the mean place of each window, bounded', () => {
    const walk: Step[] = []
    for (let i = 0; i < 10; i++) walkBy(walk, t0 + 200 * i, i, 0)
    expect(walk).toEqual([{ window: windowOf(t0), x: 4.5, y: 0, count: 10 }])
    for (let i = 0; i < 1000; i++) walkBy(walk, t0 + 2000 * i, i, 0)
    expect(walk).toHaveLength(150)
  })
})

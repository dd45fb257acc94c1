import { describe, expect, it } from 'vitest'
import type { Account } from '../../models/contracts/recording.ts'
import type { Position } from '../../models/contracts/units.ts'
import { type Beacons, newBeacons } from './beacons.ts'
import { exchangeLogOdds, foundLogOdds, tie } from './identity.ts'
import { newPerson, type Person } from './person.ts'

const receivers: Record<string, Position> = { rx1: [0, 0, 2.5], rx2: [10, 0, 2.5], rx3: [10, 8, 2.5], rx4: [0, 8, 2.5] }
const accounts = new Map<string, Account>([['acc', { id: 'acc', codes: [] }]])
const windows = 120
const end = windows * 2000

type Way = (window: number) => readonly [number, number]
const round: Way = (w) => [5 + 4 * Math.cos(w / 4), 4 + 3 * Math.sin(w / 4)]
const opposite: Way = (w) => [5 - 4 * Math.cos(w / 4), 4 - 3 * Math.sin(w / 4)]
const shelf: Way = () => [9, 6]

function walker(shopper: string, way: Way, account: string | null = null): Person {
  const [x, y] = way(windows)
  const person = newPerson(shopper, { target: shopper, headZ: 1.7, frame: { t: 0, x, y, hands: [[], []] } })
  person.account = account
  person.lastSeen = end
  person.walk = Array.from({ length: windows }, (_, window) => ({
    window,
    x: way(window)[0],
    y: way(window)[1],
    count: 1,
  }))
  return person
}

/** What is heard of the phone of `acc` on its way, by log-distance and some deterministic noise. */
function phone(way: Way, only = Object.keys(receivers)): Beacons {
  const heard = Array.from({ length: windows }, (_, window) => ({
    window,
    rssi: Object.fromEntries(
      only.map((id, i): [string, [number, number]] => {
        const [x, y, z] = receivers[id] ?? [0, 0, 0]
        const metres = Math.hypot(way(window)[0] - x, way(window)[1] - y, z - 1)
        return [id, [4 * (-65 - 14 * Math.log10(metres) + 3 * Math.sin(7 * window + 2 * i)), 4]]
      }),
    ),
  }))
  return { ...newBeacons(), heard: { acc: heard }, receivers }
}

/** Who is named when this is asked for 20 s on end. */
function named(beacons: Beacons, people: Person[]): string[] {
  return [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    .flatMap((i) => tie(beacons, people, people, accounts, end - 20_000 + 2000 * i))
    .map((observation) => ('account' in observation ? `${observation.shopper} ${observation.account}` : ''))
}

describe('tie()', () => {
  it('names who carries the phone, once, after some seconds', () => {
    const people = [walker('anna', round), walker('bo', opposite)]
    const beacons = phone(round)
    expect(tie(beacons, people, people, accounts, end - 22_000)).toEqual([])
    expect(named(beacons, people)).toEqual(['anna acc'])
    expect(named(beacons, people)).toEqual([])
  })

  it('names nobody while two go the same way, or the phone lies on a shelf, or one receiver hears it', () => {
    expect(named(phone(round), [walker('anna', round), walker('bo', round)])).toEqual([])
    expect(named(phone(shelf), [walker('anna', round), walker('bo', opposite), walker('cleo', shelf)])).toEqual([])
    expect(named(phone(round, ['rx1']), [walker('anna', round), walker('bo', (w) => round(w + 3))])).toEqual([])
  })

  it('names nobody when it is rather somebody who has an account already', () => {
    expect(named(phone(round), [walker('anna', round, 'other'), walker('bo', opposite)])).toEqual([])
  })
})

describe('exchangeLogOdds()', () => {
  const half: Way = (w) => (w < windows / 2 ? round(w) : opposite(w))
  const otherHalf: Way = (w) => (w < windows / 2 ? opposite(w) : round(w))

  it('is high when the phone goes on with the other one, low when it does not', () => {
    for (const account of ['acc', null]) {
      const went = [walker('anna', half, account), walker('bo', otherHalf)] as const
      expect(exchangeLogOdds(phone(round), went, ...went, end / 2)).toBeGreaterThan(3)
      const stayed = [walker('anna', round, account), walker('bo', opposite)] as const
      expect(exchangeLogOdds(phone(round), stayed, ...stayed, end / 2)).toBeLessThan(-3)
    }
  })

  it('says nothing about companions of one account, or of a phone that lies on a shelf', () => {
    const companions = [walker('anna', half, 'acc'), walker('bo', otherHalf, 'acc')] as const
    expect(exchangeLogOdds(phone(round), companions, ...companions, end / 2)).toBe(0)
    const strangers = [walker('anna', half, 'acc'), walker('bo', otherHalf)] as const
    expect(Math.abs(exchangeLogOdds(phone(shelf), strangers, ...strangers, end / 2))).toBeLessThan(0.1)
  })
})

describe('foundLogOdds()', () => {
  it('prefers the place where the phone is, and is bounded', () => {
    const anna = walker('anna', round, 'acc')
    anna.walk = anna.walk.slice(0, windows - 3)
    anna.lastSeen = end - 6000
    const at = ([x, y]: readonly [number, number]) => foundLogOdds(phone(round), anna, end - 1, x, y)
    expect(at(round(windows - 1))).toBeGreaterThan(at(opposite(windows - 1)))
    expect(at(opposite(windows - 1))).toBeGreaterThan(Math.log(0.02) - 0.01)
    expect(foundLogOdds(newBeacons(), anna, end, 0, 0)).toBe(0)
    expect(foundLogOdds(newBeacons(), { ...anna, account: 'constructor' }, end, 0, 0)).toBe(0)
  })
})

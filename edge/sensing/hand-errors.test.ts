import { describe, expect, it } from 'vitest'
import { store } from '../fixture.ts'
import { cellSpaces } from './geometry.ts'
import { newPerson, sighting } from './person.ts'
import { reachOf } from './reach.ts'

const spaces = cellSpaces(store)
const [cell, space] = [...spaces][2] ?? expect.fail()
const at = 5000

/** Somebody who stands before the plate, whose hand the tracker places so far beside it: all the time, or as `metres` says. */
function beside(id: string, metres: number | ((ts: number) => number), error?: number) {
  const { center, front } = space
  const [x, y] = [center[0] + 0.6 * front[0], center[1] + 0.6 * front[1]]
  const seen = Array.from({ length: 40 }, (_, i) => {
    const ts = at - 2000 + 100 * i
    const metresThen = typeof metres === 'number' ? metres : metres(ts)
    const hand = [center[0] + (space.halfWidth + metresThen) * space.along[0], center[1], center[2], 0.6] as const
    const joints = { neck: [x, y, 1.5, 0.9] as const, rightWrist: hand, leftWrist: [x, y, 0.8, 0.9] as const }
    const errors = error === undefined ? {} : { errors: { rightWrist: error } }
    const target = { id, joints: structuredClone(joints) as never, ...errors }
    return sighting(target, ts) ?? expect.fail()
  })
  const person = newPerson(id, seen[0] ?? expect.fail())
  person.frames = seen.map(({ frame }) => frame)
  return person
}

/** Somebody whose hands nobody sees, who stands so far along the shelf from the plate. */
function aside(id: string, metres: number) {
  const person = beside(id, 0)
  const [x, y] = [metres * space.along[0], metres * space.along[1]]
  person.frames = person.frames.map((frame) => ({ ...frame, x: frame.x + x, y: frame.y + y, hands: [[], []] }))
  return person
}

type People = ReturnType<typeof beside>[]
const ofChange = (change: object, people: People) =>
  new Map(
    reachOf(people, spaces, [{ cell, at, slackMs: 0, sharp: true, ...change }], 0).map(({ shopper, logOdds }) => [
      shopper,
      logOdds[0] ?? 0,
    ]),
  )
const oddsOf = (...people: People) => ofChange({}, people)

describe('reachOf()', () => {
  it('takes a hand for as near as its tracker says that it may be', () => {
    const odds = oddsOf(beside('sure', 0.25), beside('unsure', 0.25, 0.2))
    expect(odds.get('sure')).toBeLessThan(-3)
    expect(odds.get('unsure')).toBeGreaterThan(0)
  })

  it('makes less of a hand at the plate that may as well be beside it', () => {
    const odds = oddsOf(beside('sure', 0), beside('unsure', 0, 0.3))
    expect(odds.get('unsure')).toBeGreaterThan(-1)
    expect(odds.get('unsure')).toBeLessThan((odds.get('sure') ?? 0) - 1)
  })

  it('takes who stands before a plate rather than who stands along the shelf, where hands are not seen', () => {
    const odds = oddsOf(aside('before', 0.05), aside('along', 0.45))
    expect(odds.get('before')).toBeGreaterThan((odds.get('along') ?? 0) + 1)
    expect(odds.get('along')).toBeGreaterThan(-1)
  })

  it('gives a sudden step under a hand that rests to who reached in then, and a slow lift to the hand that rests', () => {
    const people = [beside('rests', 0), beside('passes', (ts) => (Math.abs(ts - at) < 350 ? 0 : 0.5))]
    const instants = Array.from({ length: 31 }, (_, i) => ({
      at: at - 1500 + 100 * i,
      share: i === 15 ? 0.9 : 0.1 / 30,
    }))
    const sudden = ofChange({ instants, sharp: true }, people)
    const slow = ofChange({ instants, sharp: false }, people)
    expect(sudden.get('passes')).toBeGreaterThan((sudden.get('rests') ?? 0) + 1)
    expect(slow.get('rests')).toBeGreaterThan((slow.get('passes') ?? 0) + 0.5)
  })
})

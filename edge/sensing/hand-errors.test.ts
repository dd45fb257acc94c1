import { describe, expect, it } from 'vitest'
import { store } from '../fixture.ts'
import { cellSpaces } from './geometry.ts'
import { newPerson, sighting } from './person.ts'
import { reachOf } from './reach.ts'

const spaces = cellSpaces(store)
const [cell, space] = [...spaces][2] ?? expect.fail()
const at = 5000

/** Somebody who stands before the plate, whose hand the tracker places so far beside it. */
function beside(id: string, metres: number, error?: number) {
  const { center, front } = space
  const [x, y] = [center[0] + 0.6 * front[0], center[1] + 0.6 * front[1]]
  const hand = [center[0] + (space.halfWidth + metres) * space.along[0], center[1], center[2], 0.6] as const
  const seen = Array.from({ length: 40 }, (_, i) => {
    const joints = { neck: [x, y, 1.5, 0.9] as const, rightWrist: hand, leftWrist: [x, y, 0.8, 0.9] as const }
    const errors = error === undefined ? {} : { errors: { rightWrist: error } }
    const target = { id, joints: structuredClone(joints) as never, ...errors }
    return sighting(target, at - 2000 + 100 * i) ?? expect.fail()
  })
  const person = newPerson(id, seen[0] ?? expect.fail())
  person.frames = seen.map(({ frame }) => frame)
  return person
}

const oddsOf = (...people: ReturnType<typeof beside>[]) =>
  new Map(
    reachOf(people, spaces, [{ cell, at, slackMs: 0 }], 0).map(({ shopper, logOdds }) => [shopper, logOdds[0] ?? 0]),
  )

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
})

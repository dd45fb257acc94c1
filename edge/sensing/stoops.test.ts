import { describe, expect, it } from 'vitest'
import { store } from '../fixture.ts'
import { type CellSpace, cellSpaces } from './geometry.ts'
import { type Frame, newPerson, type Person, type Sighting, see } from './person.ts'
import { followStoops, type Stoops } from './stoops.ts'

const spaces = cellSpaces(store)

type Wrist = readonly [x: number, z: number]

/** Where the right wrist is in each frame of 67 ms, and the left one where it is not up; y is a metre before the shelf. */
function told(
  wrists: readonly Wrist[],
  { y = -0.6, over = spaces, left = 0.8, isStirred = (_cell: string, _since: number): boolean => false } = {},
): string[] {
  const stoops: Stoops = {}
  const people: Record<string, Person> = {}
  return wrists.flatMap(([x, z], i) => {
    const t = i * 67
    const hands: Frame['hands'] = [[[x, y, z < 0.5 ? left : 0.8]], [[x, y, z]]]
    const seen: Sighting = { target: 'anna', headZ: 1.2, frame: { t, x, y: -0.8, hands } }
    if (people.anna === undefined) people.anna = newPerson('anna', seen)
    else see(people.anna, seen)
    return followStoops(stoops, people, over, isStirred, t).map((one) =>
      one.kind === 'stooped' && one.busy === true ? `busy at ${one.ts}` : `at ${one.ts}`,
    )
  })
}

const at = (z: number, frames: number): Wrist[] => Array.from({ length: frames }, () => [2, z])
const up = at(0.8, 12)

describe('followStoops()', () => {
  it('tells once of a hand that was at the floor, when it is up again, and once more the next time', () => {
    expect(told([...at(0.8, 3), ...at(0.12, 10)])).toEqual([])
    expect(told([...at(0.8, 3), ...at(0.12, 10), ...up])).toEqual(['at 201'])
    expect(told([...at(0.12, 10), ...up, ...at(0.12, 10), ...up])).toHaveLength(2)
  })

  it('takes a hand that trembles about the height that counts for one at the floor, once', () => {
    const trembling = [0.17, 0.14, 0.16, 0.21, 0.21, 0.18, 0.17, 0.16, 0.21, 0.15, 0.16, 0.21, 0.24, 0.16, 0.15, 0.17]
    expect(told([...at(0.8, 3), ...trembling.map((z): Wrist => [2, z]), ...up])).toHaveLength(1)
  })

  it('says of whom both hands are down, or one for long, that they may be about something else', () => {
    expect(told([...at(0.12, 10), ...up], { left: 0.15 })).toEqual(['busy at 67'])
    expect(told(at(0.12, 60))).toEqual(['busy at 67'])
  })

  it('says the same where something moves on a low plate that the hand came by, and not for another plate', () => {
    const low = new Map<string, CellSpace>()
    for (const [cell, space] of [...spaces].slice(0, 1)) low.set(cell, { ...space, center: [0.3, 0.2, 0.12] })
    const [cell = ''] = low.keys()
    const bend = [...Array.from({ length: 10 }, (): Wrist => [0.3, 0.1]), ...up]
    const asked: [string, number][] = []
    const isStirred = (plate: string, since: number) => asked.push([plate, since]) > 0
    expect(told(bend, { y: -0.5, over: low, isStirred })).toEqual(['busy at 67'])
    expect(asked).toEqual([[cell, -233]])
    expect(told(bend, { y: -0.5, over: low })).toEqual(['at 67'])
    expect(told(bend, { y: -1.5, over: low, isStirred })).toEqual(['at 67'])
  })

  it('takes a wrist that is placed wrongly for a frame or two, or one at knee height, for nothing', () => {
    expect(told([[2, 0.8], [2, 0.1], [2, 0.1], [2, 0.8], ...at(0.4, 10), ...up])).toEqual([])
  })

  it('takes a hand that rests on a thing for one at the floor where no shelf is, and knows the floor before a low shelf', () => {
    const lowShelf = new Map<string, CellSpace>()
    for (const [cell, space] of spaces) lowShelf.set(cell, { ...space, center: [0.3, 0.2, 0.27] })
    const hand = (z: number, y: number) =>
      told([...Array.from({ length: 10 }, (): Wrist => [0.3, z]), ...up], { y, over: lowShelf })
    expect([hand(0.15, -0.15), hand(0.24, -0.15), hand(0.24, -0.7)].map(({ length }) => length)).toEqual([1, 0, 1])
  })
})

import { describe, expect, it } from 'vitest'
import { store } from '../fixture.ts'
import { cellSpaces } from './geometry.ts'
import { newPerson, type Person, type Sighting, see } from './person.ts'
import { followStoops, type Stoops } from './stoops.ts'

const spaces = cellSpaces(store)

/** Where the right wrist is in each frame of 67 ms, as x and z; y is a metre before the shelf. */
function told(wrists: readonly (readonly [number, number])[]): number[] {
  const stoops: Stoops = {}
  const people: Record<string, Person> = {}
  return wrists.flatMap(([x, z], i) => {
    const t = i * 67
    const seen: Sighting = { target: 'anna', headZ: 1.2, frame: { t, x, y: -0.8, hands: [[], [[x, -0.6, z]]] } }
    if (people.anna === undefined) people.anna = newPerson('anna', seen)
    else see(people.anna, seen)
    return followStoops(stoops, people, spaces, t).map(({ ts }) => ts)
  })
}

describe('followStoops()', () => {
  it('tells once of a hand that is at the floor for four frames', () => {
    expect(
      told([...Array<[number, number]>(3).fill([2, 0.8]), ...Array<[number, number]>(10).fill([2, 0.12])]),
    ).toEqual([201])
  })

  it('takes a wrist that is placed wrongly for a frame or two, or one at knee height, for nothing', () => {
    expect(told([[2, 0.8], [2, 0.1], [2, 0.1], [2, 0.8], ...Array<[number, number]>(10).fill([2, 0.4])])).toEqual([])
  })
})

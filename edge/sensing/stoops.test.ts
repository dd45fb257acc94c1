import { describe, expect, it } from 'vitest'
import { store } from '../fixture.ts'
import { type CellSpace, cellSpaces } from './geometry.ts'
import { newPerson, type Person, type Sighting, see } from './person.ts'
import { followStoops, type Stoops } from './stoops.ts'

const spaces = cellSpaces(store)

/** Where the right wrist is in each frame of 67 ms, as x and z; y is a metre before the shelf. */
function told(wrists: readonly (readonly [number, number])[], y = -0.6, over = spaces): number[] {
  const stoops: Stoops = {}
  const people: Record<string, Person> = {}
  return wrists.flatMap(([x, z], i) => {
    const t = i * 67
    const seen: Sighting = { target: 'anna', headZ: 1.2, frame: { t, x, y: -0.8, hands: [[], [[x, y, z]]] } }
    if (people.anna === undefined) people.anna = newPerson('anna', seen)
    else see(people.anna, seen)
    return followStoops(stoops, people, over, t).map(({ ts }) => ts)
  })
}

describe('followStoops()', () => {
  const at = (z: number, frames: number) => Array<[number, number]>(frames).fill([2, z])

  it('tells once of a hand that is at the floor for some tenths of a second, and again when it was up in between', () => {
    expect(told([...at(0.8, 3), ...at(0.12, 10)])).toEqual([201])
    expect(told([...at(0.12, 10), ...at(0.8, 10), ...at(0.12, 10)])).toHaveLength(2)
  })

  it('takes a hand that trembles about the height that counts for one at the floor, once', () => {
    const trembling = [0.17, 0.14, 0.16, 0.21, 0.21, 0.18, 0.17, 0.16, 0.21, 0.15, 0.16, 0.21, 0.24, 0.16, 0.15, 0.17]
    expect(told([...at(0.8, 3), ...trembling.map((z): [number, number] => [2, z])])).toHaveLength(1)
  })

  it('takes a wrist that is placed wrongly for a frame or two, or one at knee height, for nothing', () => {
    expect(told([[2, 0.8], [2, 0.1], [2, 0.1], [2, 0.8], ...Array<[number, number]>(10).fill([2, 0.4])])).toEqual([])
  })

  it('knows the floor before a low shelf from its lowest plates', () => {
    const lowShelf = new Map<string, CellSpace>()
    for (const [cell, space] of spaces) lowShelf.set(cell, { ...space, center: [0.3, 0.2, 0.27] })
    const hand = (z: number) => told(Array<[number, number]>(10).fill([0.3, z]), -0.15, lowShelf)
    expect(hand(0.15)).toHaveLength(1)
    expect(hand(0.24)).toEqual([])
  })
})

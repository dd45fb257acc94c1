import { describe, expect, it } from 'vitest'
import { newPerson, type Person, type Sighting, see } from './person.ts'
import { type Seen, untangle } from './swaps.ts'

const frameMs = 67

type Place = readonly [x: number, y: number]

/** Anna walks to the right, Bo to the left half a metre beside her; they pass each other in frame 30. */
const anna = (i: number): Place => [(i - 30) * 0.067, 0]
const bo = (i: number): Place => [(30 - i) * 0.067, 0.5]
/** Two people who stand half a metre apart. */
const still: readonly ((i: number) => Place)[] = [() => [0, 0], () => [0.5, 0]]

/** Follows two targets through frames; gives where those who were first seen as `a` and `b` are said to be at the end. */
function follow(
  frames: readonly Readonly<Record<string, Place>>[],
  errorMetres = 0,
  headOf: (place: Place) => number | null = () => 1.7,
): Place[] {
  const people: Person[] = []
  frames.forEach((frame, i) => {
    const seen: Seen = new Map()
    for (const [target, [x, y]] of Object.entries(frame)) {
      const frame = { t: i * frameMs, x, y, hands: [[], []] } as const
      const sighting: Sighting = { target, headZ: headOf([x, y]), errorMetres, frame }
      const person = people.find((other) => other.target === target)
      if (person === undefined) people.push(newPerson(target, sighting))
      else seen.set(person, sighting)
    }
    untangle(seen, people)
    for (const [person, sighting] of seen) see(person, sighting)
  })
  return people.map(({ x, y }) => [Math.round(x * 10) / 10, y])
}

/** What a tracker says that exchanges ids in frame 30, and has lost target `b` in frames from 30 on, so many. */
function exchanging([first = anna, second = bo]: readonly ((i: number) => Place)[], lostFrames: number) {
  return Array.from({ length: 60 }, (_, i): Record<string, Place> => {
    if (i < 30) return { a: first(i), b: second(i) }
    return i < 30 + lostFrames ? { a: second(i) } : { a: second(i), b: first(i) }
  })
}

describe('untangle()', () => {
  it.each([0, 1, 3])('gives exchanged ids back when one of the two is hidden for %i frames meanwhile', (lostFrames) => {
    expect(follow(exchanging([anna, bo], lostFrames))).toEqual([
      [1.9, 0],
      [-1.9, 0.5],
    ])
    expect(follow(exchanging(still, lostFrames))).toEqual([
      [0, 0],
      [0.5, 0],
    ])
  })

  it('leaves alone who pass each other, and who is seen a little off for a frame', () => {
    const frames = Array.from({ length: 60 }, (_, i) => ({
      a: anna(i),
      b: i === 40 ? ([bo(i)[0] + 0.2, 0.4] as const) : bo(i),
    }))
    expect(follow(frames)).toEqual([
      [1.9, 0],
      [-1.9, 0.5],
    ])
  })

  it('believes a tracker that says how far off people may be', () => {
    const frames = Array.from({ length: 60 }, (_, i): Record<string, Place> => {
      const off = i >= 40 ? 0.5 : 0
      return { a: [off, 0], b: [0.8 - off, 0] }
    })
    const exchanged = [
      [0.3, 0],
      [0.5, 0],
    ]
    expect(follow(frames)).toEqual(exchanged)
    expect(follow(frames, 0.25)).toEqual([...exchanged].reverse())
  })

  it('tells two who stand side by side by their heads, where their places alone do not', () => {
    const near = exchanging([() => [0, 0], () => [0.1, 0.05]], 0)
    const heads = ([x]: Place) => (x === 0 ? 1.62 : 1.72)
    const right: Place[] = [
      [0, 0],
      [0.1, 0.05],
    ]
    expect(follow(near, 0, heads)).toEqual(right)
    expect(follow(near, 0, () => null)).toEqual([...right].reverse())
  })

  it('gives the id back of somebody hidden, which the one beside them gets meanwhile', () => {
    const [a, b] = [(): Place => [0, 0], (): Place => [0.25, 0]]
    const frames = Array.from({ length: 60 }, (_, i): Record<string, Place> => {
      if (i < 25) return { a: a(), b: b() }
      if (i < 30) return { a: a() }
      return i < 35 ? { b: a() } : { b: a(), a: b() }
    })
    expect(follow(frames)).toEqual([a(), b()].map(([x, y]) => [Math.round(x * 10) / 10, y]))
  })

  it('lets somebody come out where another was, who went some frames before', () => {
    const frames = Array.from({ length: 60 }, (_, i): Record<string, Place> => {
      if (i < 20) return { a: [0, 0], b: [0.25, 0] }
      return i < 30 ? { a: [0, 0] } : { b: [0.1 + (i - 30) / 100, 0] }
    })
    expect(follow(frames)[1]).toEqual([0.4, 0])
  })

  it('asks about a pair once, however many others were exchanged', () => {
    const count = 40
    let asked = 0
    const people = Array.from({ length: count }, (_, i) => {
      const at = (t: number) => ({ t, x: 5 * Math.floor(i / 2), y: 0.5 * (i % 2), hands: [[], []] }) as const
      const person = newPerson(`p${i}`, { target: `p${i}`, headZ: 1.7, frame: at(0) })
      for (let t = frameMs; t < 1000; t += frameMs) see(person, { target: `p${i}`, headZ: 1.7, frame: at(t) })
      return person
    })
    const seen: Seen = new Map(
      people.map((person, i) => {
        const { x, y } = people[i % 2 === 0 ? i + 1 : i - 1] ?? person
        const frame = { t: 1005, x, y, hands: [[], []] } as const
        const head = () => {
          asked++
          return 1.7
        }
        return [
          person,
          {
            target: person.target,
            frame,
            get headZ() {
              return head()
            },
          },
        ] as const
      }),
    )
    untangle(seen, people)
    expect(people.map(({ target }) => target)).toEqual(people.map((_, i) => `p${i % 2 === 0 ? i + 1 : i - 1}`))
    expect(asked).toBeLessThan(20 * count)
  })

  it('lets somebody go on whose neighbour is hidden', () => {
    const frames = Array.from({ length: 60 }, (_, i) => (i < 30 ? { a: anna(i), b: bo(i) } : { a: anna(i) }))
    expect(follow(frames)[0]).toEqual([1.9, 0])
  })
})

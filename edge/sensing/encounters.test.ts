import { describe, expect, it } from 'vitest'
import { newBeacons } from './beacons.ts'
import { type Encounters, followEncounters, mostEncounters } from './encounters.ts'
import { newPerson, type Person, type Sighting, see } from './person.ts'

const frameMs = 67

/** Anna and Bo walk towards each other, pass, and walk on; from `switchAt` the tracker calls each by the other's name. */
function pass(switchAt: number, [ofAnna, ofBo] = [1.6, 1.8], headErrorMetres = 0): Record<string, Person> {
  const encounters: Encounters = {}
  const people: Record<string, Person> = {}
  for (let i = 0; i < 90; i++) {
    const t = i * frameMs
    const bodies = [
      { x: -3 + i * 0.067, headZ: ofAnna },
      { x: 3 - i * 0.067, headZ: ofBo },
    ]
    const named = i < switchAt ? bodies : [...bodies].reverse()
    const seen = new Map<Person, Sighting>()
    named.forEach(({ x, headZ }, who) => {
      const name = ['anna', 'bo'][who] ?? ''
      const holder = Object.values(people).find(({ target }) => target === name)
      const noise = 0.03 * Math.sin(7 * i + who)
      const frame = { t, x, y: 0, hands: [[], []] } as const
      const sighting: Sighting = { target: name, headZ: headZ + noise, headErrorMetres, frame }
      const person = holder ?? newPerson(name, sighting)
      people[person.shopper] = person
      if (holder !== undefined) see(holder, sighting)
      seen.set(person, sighting)
    })
    followEncounters(encounters, { people, beacons: newBeacons() }, seen, t)
  }
  return people
}

describe('followEncounters()', () => {
  it('exchanges two people whom the tracker exchanged', () => {
    const { anna, bo } = pass(45)
    expect([anna?.target, bo?.target]).toEqual(['bo', 'anna'])
    expect(anna?.x).toBeGreaterThan(2)
  })

  it('believes a tracker that says how far off heads may be', () => {
    const alike: [number, number] = [1.65, 1.75]
    expect(pass(45, alike).anna?.target).toBe('bo')
    expect(pass(45, alike, 0.13).anna?.target).toBe('anna')
    expect(pass(45, [1.55, 1.85], 0.13).anna?.target).toBe('bo')
  })

  it('follows some thousand encounters of a crowd at one place, the latest', () => {
    const encounters: Encounters = {}
    const crowd = (of: string) =>
      Array.from({ length: 90 }, (_, i) => {
        const frame = { t: 0, x: 0, y: 0, hands: [[], []] } as const
        const sighting: Sighting = { target: `${of}${i}`, headZ: 1.7, frame }
        return [newPerson(`${of}${i}`, sighting), sighting] as const
      })
    const [first, second] = [crowd('a'), crowd('b')]
    const people = Object.fromEntries([...first, ...second].map(([person]) => [person.shopper, person]))
    for (const seen of [new Map(first), new Map(second)])
      followEncounters(encounters, { people, beacons: newBeacons() }, seen, 0)
    expect(Object.keys(encounters)).toHaveLength(mostEncounters)
    expect(Object.values(encounters).filter(({ a }) => a.startsWith('b'))).toHaveLength((90 * 89) / 2)
  })

  it('leaves alone who only passed each other', () => {
    const { anna, bo } = pass(1000)
    expect([anna?.target, bo?.target]).toEqual(['anna', 'bo'])
  })
})

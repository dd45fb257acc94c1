import { expect, test } from 'vitest'
import { play } from '../record.ts'
import type { Scenario } from '../scenario/schema.ts'
import type { Simulation } from '../simulation.ts'
import { levels, openScene, sceneNames } from './scenes.ts'

/** Of the things of a scene, by person. */
function owed(simulation: Simulation): Record<string, Record<string, number>> {
  const names = new Map([...simulation.things].map(([name, { sku }]) => [sku, name]))
  const { ledger } = simulation.world
  const scripted = new Set(simulation.people.map(({ name }) => name))
  const people = ledger.visitors.filter(({ identity }) => scripted.has(identity.name))
  return Object.fromEntries(
    people.map((person) => [
      person.identity.name,
      Object.fromEntries(
        [...ledger.owedBy(person)].flatMap(([sku, n]) => (names.has(sku) ? [[names.get(sku), n]] : [])),
      ),
    ]),
  )
}

const due = (people: Scenario['people']) => Object.fromEntries(people.map(({ name, owes }) => [name, owes]))

test.each(sceneNames())('openScene() %s: everybody owes in the end what the scene says, at every level', (name) => {
  for (const [seed, level] of levels.entries()) {
    const simulation = openScene(name, level, seed)
    for (const _ of play(simulation));
    expect(owed(simulation), `${level}, seed ${seed}`).toEqual(due(simulation.people))
    expect(simulation.world.people, `${level}: still inside`).toEqual([])
  }
})

const text = (level: (typeof levels)[number], seed: number): string =>
  JSON.stringify([...play(openScene('crossed-arms', level, seed))].flat())

test('openScene() gives the same bytes for the same seed, others for another seed or level', () => {
  const bytes = text('middle', 7)
  expect(text('middle', 7)).toBe(bytes)
  expect(text('middle', 8)).not.toBe(bytes)
  expect(text('hard', 7)).not.toBe(bytes)
})

test('openScene() names the scenes where there is none of that name', () => {
  expect(() => openScene('crossed-legs', 'easy', 1)).toThrow(
    '--scene: found "crossed-legs", wanted one of changed-jacket, ',
  )
})

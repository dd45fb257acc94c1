import { describe, expect, test } from 'vitest'
import { faultless, messagesOf, nobody, run, scenarioOf } from '../testing.ts'
import { truthOf } from '../truth.ts'
import { dot } from '../world/geometry.ts'

const scenario = (things: string, ...people: string[]) =>
  scenarioOf(...nobody, ...faultless, 'shop: { layout: drawn, entry: open }', `things: ${things}`, 'people:', ...people)
const script = (things: string, ...people: string[]) => run(scenario(things, ...people), 5)
const times = (ran: ReturnType<typeof script>, kind: 'pick' | 'put'): number[] =>
  truthOf(ran.simulation)
    .events.filter((event) => event.kind === kind)
    .map(({ ts }) => ts)

describe('scripted acts', () => {
  test('start together for those who meet, however long one of them has to wait', () => {
    const ran = script(
      '{ one: {}, other: { beside: one } }',
      '  - { name: Anna, arrives: 0, does: [{ take: $one, meet: here, pause: [0, 1] }] }',
      '  - { name: Bruno, arrives: 20, does: [{ take: $other, meet: here, pause: [0, 1] }] }',
    )
    const [first = 0, second = 0, ...more] = times(ran, 'pick')
    expect(more).toEqual([])
    expect(second - first).toBeLessThan(2500)
  })

  test('begin after the act that they come after, and at the place where that left the thing', () => {
    const ran = script(
      '{ one: {}, slot: { otherShelf: one } }',
      '  - { name: Anna, arrives: 10, does: [{ take: $one }, { putBack: $one, to: $slot, mark: put }] }',
      '  - { name: Bruno, arrives: 0, does: [{ take: $one, shelf: $slot, after: put }] }',
    )
    const [, put, pick] = truthOf(ran.simulation).events
    expect(put?.kind).toBe('put')
    expect(pick).toMatchObject({ kind: 'pick', sku: put?.sku, cells: put?.cells })
  })

  test('cross the arms of two who each stand before what the other takes', () => {
    const crossing = scenario(
      '{ one: {}, other: { near: one } }',
      '  - { name: Anna, arrives: 0, does: [{ take: $one, standAt: $other, meet: here }, { wait: 90 }] }',
      '  - { name: Bruno, arrives: 0, does: [{ take: $other, standAt: $one, meet: here }, { wait: 90 }] }',
    )
    const ran = run(crossing, 5, 60)
    const { ledger, shelving } = ran.simulation.world
    const shelf = shelving.shelves.find(({ id }) => id === ran.simulation.things.get('one')?.slot.shelf)
    const [anna = 0, bruno = 0] = ['Anna', 'Bruno'].map((name) => {
      const person = ledger.visitors.find(({ identity }) => identity.name === name)
      return dot(person?.stand ?? [0, 0], shelf?.along ?? [0, 0])
    })
    const slotOf = (name: string) => ran.simulation.things.get(name)?.slot.from ?? 0
    expect(Math.sign(anna - bruno)).toBe(Math.sign(slotOf('other') - slotOf('one')))
  })

  test('go unseen where the scenario says so', () => {
    const ran = script(
      '{ one: {}, other: {} }',
      '  - { name: Anna, arrives: 0, does: [{ take: $one, unseen: true }, { take: $other }] }',
    )
    const [unseen = 0, seen = 0] = times(ran, 'pick')
    const frames = messagesOf(ran.arrivals, 'raw/targets').map(({ ts }) => ts)
    expect(frames.filter((ts) => Math.abs(ts - unseen) < 300)).toEqual([])
    expect(frames.filter((ts) => Math.abs(ts - seen) < 300).length).toBeGreaterThan(6)
  })

  test('make somebody in another jacket a new target, who owes what the old one took', () => {
    const ran = script(
      '{ one: {} }',
      '  - { name: Anna, arrives: 0, does: [{ take: $one }, { changeLooks: true }, { wait: 3 }] }',
    )
    const [[first, shopper] = []] = Object.entries(truthOf(ran.simulation).shoppers)
    expect([first, ...(shopper?.aliases ?? [])]).toHaveLength(2)
    expect(shopper?.items).toHaveLength(1)
  })

  test('hold a thing on its plate without taking it, or before', () => {
    const ran = script(
      '{ one: {}, other: {} }',
      '  - { name: Anna, arrives: 0, does: [{ hold: $one, seconds: 4 }, { take: $other, holdSeconds: 3, mark: taken }] }',
    )
    expect(truthOf(ran.simulation).events).toMatchObject([
      { kind: 'pick', sku: ran.simulation.things.get('other')?.sku },
    ])
  })

  test('hand a thing to somebody who is still to come', () => {
    const ran = script(
      '{ one: {} }',
      '  - { name: Anna, arrives: 0, does: [{ take: $one }, { handOver: $one, to: Bruno, mark: given }] }',
      '  - { name: Bruno, arrives: 30, does: [{ wait: 1, after: given }, { putBack: $one }] }',
    )
    expect(truthOf(ran.simulation).events.map(({ kind }) => kind)).toEqual(['pick', 'put'])
  })
})

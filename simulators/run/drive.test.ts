import { expect, test } from 'vitest'
import { demoStore } from '../layout/store.ts'
import { keepTime, TestBroker } from '../mqtt/testing.ts'
import { KnownAccounts, madeUpAccount } from '../scenario/accounts.ts'
import { Simulation } from '../simulation.ts'
import { nobody, scenarioOf } from '../testing.ts'
import { truthOf } from '../truth.ts'
import { drive } from './drive.ts'

test('drive() runs a shop over MQTT on virtual time: gate, picks, exit, every message counted', async () => {
  const scenario = scenarioOf(
    ...nobody,
    'faults: { outages: [{ device: rx1, at: 10, seconds: 5 }] }',
    'people: [{ name: Anna, arrives: 0, does: [{ take: Mints }] }]',
  )
  const store = demoStore({ entry: 'gated', scales: 'shelves' })
  const broker = new TestBroker()
  await broker.start()
  const gateway = keepTime(broker, store.id)
  const opens = Date.parse(scenario.opens)
  const accounts = new KnownAccounts([madeUpAccount(1, false)])
  const settings = { store, scenario, seed: 1, opens, gate: 'gateway', accounts, endless: false, run: '' } as const
  const simulation = new Simulation(settings)
  let steps = 0
  const driven = await drive({ mqtt: broker.url, simulation, opens, speed: null, onStep: () => void steps++ })
  expect(simulation.isOver).toBe(true)
  expect(truthOf(simulation).shoppers).toMatchObject({ a1: { items: [{ quantity: 1 }] } })
  expect(driven).toMatchObject({ gatewayRestarts: 0, virtualMs: (steps - 1) * 200 })
  // The devices' own goodbyes come after the last step.
  expect(gateway.count()).toBe(driven.messages + simulation.devices.length)
  const channels = new Set(
    broker.heard.filter(({ client }) => client === 'gate1').map(({ topic }) => topic.split('/').slice(5).join('/')),
  )
  expect(channels).toEqual(new Set(['status', 'meta', 'tele', 'event/scan', 'res/open', 'event/passage']))
  await broker.stop()
})

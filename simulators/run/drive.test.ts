import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { demoStore } from '../layout/store.ts'
import { keepTime, TestBroker } from '../mqtt/testing.ts'
import { KnownAccounts, madeUpAccount } from '../scenario/accounts.ts'
import { Simulation } from '../simulation.ts'
import { nobody, scenarioOf } from '../testing.ts'
import { truthOf } from '../truth.ts'
import { drive } from './drive.ts'

const scenario = scenarioOf(
  ...nobody,
  'faults: { outages: [{ device: rx1, at: 10, seconds: 5 }] }',
  'people: [{ name: Anna, arrives: 0, does: [{ take: Mints }] }]',
)
const store = demoStore({ entry: 'gated', scales: 'shelves' })
const opens = Date.parse(scenario.opens)

function simulated(): Simulation {
  const accounts = new KnownAccounts([madeUpAccount(1, false)])
  return new Simulation({ store, scenario, seed: 1, opens, gate: 'gateway', accounts, endless: false, run: '' })
}

describe('drive()', () => {
  let broker = new TestBroker()
  beforeEach(async () => {
    broker = new TestBroker()
    await broker.start()
  })
  afterEach(() => broker.stop())

  test('runs a shop over MQTT on virtual time: gate, picks, exit, every message counted', async () => {
    const gateway = keepTime(broker, store.id)
    const simulation = simulated()
    let steps = 0
    const driven = await drive({ mqtt: broker.url, simulation, opens, speed: null, onStep: () => void steps++ })
    expect(simulation.isOver).toBe(true)
    expect(truthOf(simulation).shoppers).toMatchObject({ a1: { items: [{ quantity: 1 }] } })
    expect(driven).toMatchObject({ gatewayRestarts: 0, virtualMs: (steps - 1) * 200 })
    // The devices' own goodbyes come after the last step.
    expect(gateway.count()).toBe(driven.messages + simulation.devices.length)
    const gate = broker.heard.filter(({ client }) => client === 'gate1')
    const channels = new Set(gate.map(({ topic }) => topic.split('/').slice(5).join('/')))
    expect(channels).toEqual(new Set(['status', 'meta', 'tele', 'event/scan', 'res/open', 'event/passage']))
  })

  test('goes on where it was when broker and gateway are restarted in between', async () => {
    keepTime(broker, store.id, 'first')
    const simulation = simulated()
    let restarted = false
    const onStep = async (now: number): Promise<void> => {
      if (restarted || now < opens + 12_000) return
      restarted = true
      const { port } = broker
      await broker.stop()
      await broker.start(port)
      keepTime(broker, store.id, 'second')
    }
    const driven = await drive({ mqtt: broker.url, simulation, opens, speed: null, onStep })
    expect(driven.gatewayRestarts).toBe(1)
    expect(simulation.isOver).toBe(true)
  })
})

/** The shop that never closes: devices on the wall's clock against a running gateway, shoppers without end. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { AccountView } from '../../models/contracts/http.ts'
import type { MqttSecrets } from '../../models/contracts/mqtt-secrets.ts'
import type { Store } from '../../models/contracts/store.ts'
import { obey } from '../mqtt/commands.ts'
import { Fleet } from '../mqtt/fleet.ts'
import { KnownAccounts, type SimulatedAccount } from '../scenario/accounts.ts'
import type { Scenario } from '../scenario/schema.ts'
import { Simulation } from '../simulation.ts'
import { type AccountService, makeAccounts, withPhone } from './account-service.ts'

export interface LiveSettings {
  readonly mqtt: string
  /** By user name, where the broker wants them. */
  readonly secrets?: MqttSecrets | undefined
  readonly service: AccountService
  readonly store: Store
  readonly scenario: Scenario
  readonly seed: number
  /** Told once the accounts are there and shoppers come. */
  readonly onReady: (accounts: readonly AccountView[]) => void
  readonly onTrouble: (message: string) => void
  readonly signal: AbortSignal
}

/** Often enough that nothing arrives noticeably late. */
const tickMs = 40
const retryMs = 1000
const names = [
  'Anna',
  'Bruno',
  'Chiara',
  'Dario',
  'Elena',
  'Fabio',
  'Giulia',
  'Hassan',
  'Irene',
  'Jonas',
  'Katja',
  'Luca',
]

/** Runs until the signal; an account service or broker that is away is waited for. */
export async function live(settings: LiveSettings): Promise<void> {
  const demo = await demoAccounts(settings)
  if (demo === null) return
  const { views, accounts } = demo
  const simulation = simulationFor(settings, accounts)
  const fleet = new Fleet({
    url: settings.mqtt,
    secrets: settings.secrets,
    store: settings.store.id,
    devices: simulation.devices,
    onCommand: (device, name, body) => obey(simulation, device, name, body),
  })
  simulation.start()
  settings.onReady(views)
  while (!settings.signal.aborted) {
    // Not waited for: a broker that is away must not stop the shop's clock.
    void fleet.publish(simulation.step(Date.now()))
    await sleep(tickMs)
  }
  await fleet.stop()
}

function simulationFor({ store, scenario, seed }: LiveSettings, accounts: readonly SimulatedAccount[]): Simulation {
  const opens = Date.now()
  return new Simulation({
    store,
    scenario,
    seed,
    opens,
    gate: 'gateway',
    accounts: new KnownAccounts(accounts),
    endless: true,
    run: `${opens.toString(36)}-`,
  })
}

interface DemoAccounts {
  readonly views: readonly AccountView[]
  readonly accounts: readonly SimulatedAccount[]
}

async function demoAccounts({ service, store, signal, onTrouble }: LiveSettings): Promise<DemoAccounts | null> {
  const shoppers = names.map((name) => ({ id: `demo-${name.toLowerCase()}`, name, staff: false }))
  const wanted = [...shoppers, { id: 'demo-staff', name: 'Staff', staff: true }]
  while (!signal.aborted) {
    try {
      const views = await makeAccounts(service, wanted)
      const accounts: SimulatedAccount[] = []
      for (const view of views) accounts.push(await withPhone(service, store.id, view))
      return { views, accounts }
    } catch (error) {
      onTrouble(`${(error as Error).message}; trying again`)
      await sleep(retryMs)
    }
  }
  return null
}

/** `npm run simulate`: the whole system over real MQTT on a virtual clock, scored. */
import type { Store } from '../models/contracts/store.ts'
import { drive } from './run/drive.ts'
import { type Latency, LatencyWatch } from './run/latency.ts'
import { SystemUnderTest } from './run/system.ts'
import { KnownAccounts, madeUpAccount } from './scenario/accounts.ts'
import type { Scenario } from './scenario/schema.ts'
import { type Score, score } from './score.ts'
import type { PictureSettings } from './sensors/camera.ts'
import { Simulation } from './simulation.ts'
import { truthOf } from './truth.ts'

export interface SimulateSettings {
  readonly store: Store
  readonly scenario: Scenario
  readonly seed: number
  /** How the cameras of the store take pictures; left out they take none. */
  readonly pictures?: PictureSettings | undefined
  /** Times real time; null for as fast as it goes. */
  readonly speed: number | null
  /** Somebody else's broker, the gateway's own when left out. */
  readonly broker?: string | undefined
  /** Told at each step: parties that have left, virtual milliseconds since the opening. */
  readonly onProgress?: (partiesGone: number, virtualMs: number) => void
  /** Called after each step; a test may restart the gateway here. */
  readonly onStep?: (virtualMs: number, system: SystemUnderTest) => Promise<void> | void
}

/** `timing` is about this run on this machine; everything else is the same for the same seed at any speed. */
export interface Report {
  readonly seed: number
  readonly scenario: string
  readonly entry: 'open' | 'gated'
  readonly score: Score
  readonly counts: {
    readonly parties: number
    readonly shelfEvents: number
    readonly bills: number
    readonly messages: number
    readonly rejected: number
    readonly virtualMs: number
  }
  readonly timing: {
    readonly speed: number | 'max'
    readonly wallMs: number
    readonly timesRealTime: number
    readonly gatewayRestarts: number
    /** From shelf change to cart, virtual milliseconds; only where a speed was given. */
    readonly pickToCart: Latency | null
  }
}

/** Staff come in through the back room; a store without one needs accounts for those who overlap. */
const staffAccounts = 4

export async function simulate(settings: SimulateSettings): Promise<Report> {
  const { store, scenario, broker } = settings
  const accounts = accountsFor(scenario)
  const system = new SystemUnderTest({ store, accounts, broker })
  try {
    await system.start()
    return await runAgainst(system, settings, new KnownAccounts(accounts))
  } finally {
    await system.stop()
  }
}

function accountsFor({ shoppers, people }: Scenario) {
  const count = shoppers.count + people.length
  return [
    ...Array.from({ length: count }, (_, i) => madeUpAccount(i + 1, false)),
    ...Array.from({ length: staffAccounts }, (_, i) => madeUpAccount(i + 1, true)),
  ]
}

async function runAgainst(
  system: SystemUnderTest,
  settings: SimulateSettings,
  accounts: KnownAccounts,
): Promise<Report> {
  const { store, scenario, seed, speed } = settings
  const opens = Date.parse(scenario.opens)
  const simulation = new Simulation({
    store,
    scenario,
    seed,
    opens,
    gate: 'gateway',
    accounts,
    endless: false,
    run: '',
    pictures: settings.pictures,
  })
  const watch = speed === null ? null : new LatencyWatch(simulation, system.httpUrl, system.httpHeaders())
  watch?.start()
  const started = performance.now()
  const onStep = async (now: number): Promise<void> => {
    watch?.note()
    settings.onProgress?.(simulation.partiesGone, now - opens)
    await settings.onStep?.(now - opens, system)
  }
  const driven = await drive({ mqtt: system.mqttUrl, secrets: system.secrets(), simulation, opens, speed, onStep })
  const wallMs = performance.now() - started
  const pickToCart = (await watch?.stop()) ?? null
  const bills = await system.bills()
  const truth = truthOf(simulation)
  const prices = new Map(store.products.map(({ sku, priceMinor }) => [sku, priceMinor]))
  return {
    seed,
    scenario: scenario.name,
    entry: store.entry,
    score: score(truth, bills, prices),
    counts: {
      parties: Object.keys(truth.shoppers).length,
      shelfEvents: truth.events.length,
      bills: bills.bills.length,
      messages: driven.messages,
      rejected: bills.stats.rejected,
      virtualMs: driven.virtualMs,
    },
    timing: {
      speed: speed ?? 'max',
      wallMs: Math.round(wallMs),
      timesRealTime: Math.round((driven.virtualMs / wallMs) * 10) / 10,
      gatewayRestarts: driven.gatewayRestarts,
      pickToCart,
    },
  }
}

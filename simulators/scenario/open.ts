/** Opens the scenario and the store that a command names. */
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseStoreText, type Store } from '../../models/contracts/store.ts'
import type { Validated } from '../../models/contracts/validate.ts'
import { drawnStore } from '../layout/drawn-store.ts'
import { demoStore } from '../layout/store.ts'
import { Random } from '../random.ts'
import { describeFaults, parseScenario } from './load.ts'
import type { Scenario } from './schema.ts'
import { scriptFaults } from './script-faults.ts'

export interface ScenarioChoice {
  /** Path of a scenario file; the default one when left out. */
  readonly scenario?: string | undefined
  readonly shoppers?: number | undefined
  readonly entry?: 'open' | 'gated' | undefined
  /** Path of a store file, before the one that the scenario names. */
  readonly store?: string | undefined
  /** For a shop that is drawn; 1 when left out. */
  readonly seed?: number | undefined
}

export const defaultScenario = fileURLToPath(new URL('../scenarios/default.yaml', import.meta.url))
export const liveScenario = fileURLToPath(new URL('../scenarios/live.yaml', import.meta.url))

/** @throws Error with a sentence for each fault of either file */
export function openScenario(choice: ScenarioChoice): { scenario: Scenario; store: Store } {
  const path = choice.scenario ?? defaultScenario
  const parsed = readScenario(path)
  const scenario = {
    ...parsed,
    shop: { ...parsed.shop, entry: choice.entry ?? parsed.shop.entry },
    shoppers: { ...parsed.shoppers, count: choice.shoppers ?? parsed.shoppers.count },
  }
  return { scenario, store: shopOf(path, scenario, choice) }
}

/** @throws Error with a sentence for each fault of the file */
export function readScenario(path: string): Scenario {
  return valid(path, parseScenario(readFileSync(path, 'utf8')))
}

type ShopChoice = Pick<ScenarioChoice, 'store' | 'entry' | 'seed'>

/**
 * The shop in which the scenario of that path happens.
 * @throws Error where the store file is wrong, or the script names what the shop does not have
 */
export function shopOf(path: string, scenario: Scenario, choice: ShopChoice): Store {
  const store = storeOf(scenario, dirname(resolve(path)), choice)
  const faults = scriptFaults(scenario, store)
  if (faults.length > 0) throw new Error(`${path}:\n${describeFaults(faults)}`)
  return store
}

function storeOf({ shop }: Scenario, folder: string, { store, entry, seed = 1 }: ShopChoice): Store {
  const path = store ?? (shop.file === undefined ? undefined : join(folder, shop.file))
  if (path !== undefined) {
    const parsed = valid(path, parseStoreText(readFileSync(path, 'utf8')))
    return entry === undefined ? parsed : { ...parsed, entry }
  }
  const kind = shop.entry === 'drawn' ? new Random(seed, 'entry').pick(['open', 'gated'] as const) : shop.entry
  if (shop.layout === 'drawn') return drawnStore({ ...shop, entry: kind }, seed)
  return demoStore({ entry: kind, scales: shop.scales })
}

function valid<T>(path: string, result: Validated<T>): T {
  if (result.ok) return result.value
  throw new Error(`${path}:\n${describeFaults(result.faults)}`)
}

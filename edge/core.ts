/** Sensing and engine together: sensor events in, observations and effects out. Pure; a live store and a replay share it. */
import type { Account } from '../models/contracts/recording.ts'
import type { Store } from '../models/contracts/store.ts'
import { type Catalogue, createCatalogue } from './engine/catalogue.ts'
import { type Effect, type EngineState, finalEvents, initialState, step } from './engine/engine.ts'
import { defaultPolicy, type ReceiptPolicy } from './engine/receipt.ts'
import type { SensorEvent } from './events.ts'
import type { Observation } from './observations.ts'
import { cellSpaces } from './sensing/geometry.ts'
import { shelfRows } from './sensing/scales.ts'
import { createSensing, newSensingState, type SensingState } from './sensing/sensing.ts'

/** What one call brought about: what to journal, and what follows from it. */
export interface Outcome {
  readonly observations: readonly Observation[]
  readonly effects: readonly Effect[]
}

export interface Core {
  readonly catalogue: Catalogue
  readonly sensing: SensingState
  engine(): EngineState
  setAccounts(accounts: readonly Account[]): void
  accept(event: SensorEvent): Outcome
  advance(time: number): Outcome
  /** A recording ends: everything settles, everybody leaves. */
  finish(): Outcome
}

export interface CoreOptions {
  readonly store: Store
  readonly policy?: ReceiptPolicy
  /** Where a former run stopped. */
  readonly sensing?: SensingState
  readonly engine?: EngineState
}

export function createCore({ store, policy = defaultPolicy, ...from }: CoreOptions): Core {
  const catalogue = catalogueOf(store)
  const sensing = createSensing(store, from.sensing ?? newSensingState())
  let engine = from.engine ?? initialState

  const apply = (observations: readonly Observation[]): Outcome => {
    const effects = observations.flatMap((observation) => {
      const stepped = step(catalogue, policy, engine, observation)
      engine = stepped.state
      return stepped.effects
    })
    return { observations, effects }
  }

  return {
    catalogue,
    sensing: sensing.state,
    engine: () => engine,
    setAccounts: sensing.setAccounts,
    accept: (event) => apply(sensing.accept(event)),
    advance: (time) => apply(sensing.advance(time)),
    finish: () => {
      const { observations, effects } = apply(sensing.finish())
      return { observations, effects: [...effects, ...finalEvents(engine)] }
    },
  }
}

export function catalogueOf(store: Store): Catalogue {
  return createCatalogue(store, [...shelfRows(cellSpaces(store)).values()])
}

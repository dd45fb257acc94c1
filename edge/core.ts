/** Sensing and engine together: sensor events in, observations and effects out. Pure; a live store and a replay share it. */
import type { Account } from '../models/contracts/recording.ts'
import type { ChangeEvidence } from '../models/contracts/reviews.ts'
import type { Store } from '../models/contracts/store.ts'
import { type Before, type Catalogue, createCatalogue } from './engine/catalogue.ts'
import {
  calledNow,
  type Effect,
  type EngineState,
  finalEvents,
  initialState,
  latestDoubt,
  step,
} from './engine/engine.ts'
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
  /** Beside the observations: what a person would need to judge changes that are in doubt. The engine needs none of it. */
  readonly evidence: readonly DoubtEvidence[]
}

export interface DoubtEvidence {
  /** The change's id in the engine. */
  readonly change: string
  readonly evidence: ChangeEvidence
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
  /** Takes what does not come from sensors: a person's decision. */
  observe(observation: Observation): Outcome
}

export interface CoreOptions {
  readonly store: Store
  readonly policy?: ReceiptPolicy
  /** Under which store files it was before. */
  readonly before?: Before
  /** Where a former run stopped. */
  readonly sensing?: SensingState
  readonly engine?: EngineState
}

export function createCore({ store, policy = defaultPolicy, ...from }: CoreOptions): Core {
  const catalogue = catalogueOf(store, from.before)
  const sensing = createSensing(store, from.sensing ?? newSensingState())
  let engine = from.engine ?? initialState

  const apply = (observations: readonly Observation[]): Outcome => {
    const evidence: DoubtEvidence[] = []
    const effects = observations.flatMap((observation) => {
      const stepped = step(catalogue, policy, engine, observation)
      engine = stepped.state
      const doubt = observation.kind === 'shelf-change' ? latestDoubt(engine) : null
      if (observation.kind === 'shelf-change' && doubt !== null)
        evidence.push({ change: doubt, evidence: named(sensing.evidence(observation), engine) })
      return stepped.effects
    })
    return { observations, effects, evidence }
  }

  return {
    catalogue,
    sensing: sensing.state,
    engine: () => engine,
    setAccounts: sensing.setAccounts,
    accept: (event) => apply(sensing.accept(event)),
    advance: (time) => apply(sensing.advance(time)),
    finish: () => {
      const outcome = apply(sensing.finish())
      return { ...outcome, effects: [...outcome.effects, ...finalEvents(engine)] }
    },
    observe: (observation) => apply([observation]),
  }
}

/** People by the names under which they are billed. */
function named({ weights, people }: ChangeEvidence, engine: EngineState): ChangeEvidence {
  return { weights, people: people.map(({ shopper, track }) => ({ shopper: calledNow(engine, shopper), track })) }
}

export function catalogueOf(store: Store, before?: Before): Catalogue {
  return createCatalogue(store, [...shelfRows(cellSpaces(store)).values()], before)
}

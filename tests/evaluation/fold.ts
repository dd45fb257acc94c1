/** The engine over a stream of observations, as they were sensed or as an oracle edited them. Pure. */
import { catalogueOf } from '../../edge/core.ts'
import { type Effect, finalEvents, initialState, step } from '../../edge/engine/engine.ts'
import { defaultPolicy } from '../../edge/engine/receipt.ts'
import type { Observation } from '../../edge/observations.ts'
import type { Store } from '../../models/contracts/store.ts'

export function foldEngine(store: Store, observations: readonly Observation[]): Effect[] {
  const catalogue = catalogueOf(store)
  const effects: Effect[] = []
  let state = initialState
  for (const observation of observations) {
    const stepped = step(catalogue, defaultPolicy, state, observation)
    state = stepped.state
    effects.push(...stepped.effects)
  }
  return [...effects, ...finalEvents(state)]
}

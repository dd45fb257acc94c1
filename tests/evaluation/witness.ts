/** The core as the replay knows it, with somebody looking on: every observation is kept, in order. */
import type { Core, Outcome } from '../../edge/core.ts'
import type { Observation } from '../../edge/observations.ts'
import type { Simulation } from '../../simulators/simulation.ts'
import { accountsOf } from './live-recording.ts'

export interface Witness extends Core {
  readonly observations: readonly Observation[]
}

export function witnessed(core: Core, simulation: Simulation): Witness {
  const observations: Observation[] = []
  let known = 0
  const take = (outcome: Outcome): Outcome => {
    observations.push(...outcome.observations)
    return outcome
  }
  /** Accounts are known to a store before their owners come. */
  const learnAccounts = () => {
    if (simulation.accountByPerson.size === known) return
    known = simulation.accountByPerson.size
    core.setAccounts(accountsOf(simulation))
  }
  return {
    ...core,
    observations,
    accept(event) {
      learnAccounts()
      return take(core.accept(event))
    },
    advance: (time) => take(core.advance(time)),
    finish: () => take(core.finish()),
  }
}

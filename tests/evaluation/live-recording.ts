/** A simulation as a recording that is made while it is read: nothing is kept but what is on its way. */
import type { Recording } from '../../gateway/replay/recording.ts'
import type { Account, RecordingLine } from '../../models/contracts/recording.ts'
import { compressed } from '../../simulators/cameras/jpeg.ts'
import { lineOf, play } from '../../simulators/record.ts'
import type { Simulation } from '../../simulators/simulation.ts'

export interface LiveRecording extends Recording {
  /** Milliseconds that the simulation itself has taken so far. */
  simulatedMs(): number
}

/** `clock`: milliseconds of real time, for the timings alone. */
export function liveRecording(simulation: Simulation, clock: () => number): LiveRecording {
  const { store } = simulation.world
  let simulatedMs = 0
  async function* lines(): AsyncGenerator<RecordingLine> {
    const steps = play(simulation)
    for (;;) {
      const before = clock()
      const step = steps.next()
      simulatedMs += clock() - before
      if (step.done === true) return
      for (const arrival of await compressed(step.value)) yield lineOf(arrival, store.id)
    }
  }
  return { store, accounts: [], lines, simulatedMs: () => simulatedMs }
}

/** The accounts of everybody who has come in so far. */
export function accountsOf({ accountByPerson }: Simulation): Account[] {
  return [...new Map([...accountByPerson.values()].map((account) => [account.id, account])).values()]
}

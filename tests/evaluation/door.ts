/** Who really came and went, told as time goes on. */
import type { Simulation } from '../../simulators/simulation.ts'
import type { Person } from '../../simulators/world/person.ts'
import type { Passage } from './log.ts'

/** The longest that a change by somebody who has left can take to settle: 10 s, and 8 s more for a neighbour. */
const goneAfterMs = 20_000

export interface Door {
  look(time: number): Passage[]
}

/** The simulation is ahead of what is looked at by as much as messages are held back: coming is known in time. */
export function createDoor(simulation: Simulation): Door {
  const { visitors } = simulation.world.ledger
  const inside = new Map<Person, { goneAt: number | null }>()
  let known = 0
  return {
    look(time) {
      const came = visitors.slice(known).map((person): Passage => ({ kind: 'came', person, ts: time }))
      known = visitors.length
      for (const { person } of came) inside.set(person, { goneAt: null })
      const gone: Passage[] = []
      for (const [person, stay] of inside) {
        if (!person.inside) stay.goneAt ??= simulation.now
        if (stay.goneAt === null || stay.goneAt + goneAfterMs > time) continue
        gone.push({ kind: 'gone', person, ts: stay.goneAt })
        inside.delete(person)
      }
      return [...came, ...gone]
    },
  }
}

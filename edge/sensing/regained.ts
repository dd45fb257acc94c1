/** Sensing where what it had written was lost: who is inside by what was observed alone. Pure. */
import type { Store } from '../../models/contracts/store.ts'
import type { Observation } from '../observations.ts'
import { type CellSpace, cellSpaces } from './geometry.ts'
import { newPerson } from './person.ts'
import { newPresence, type PresenceState } from './presence.ts'
import { newSensingState, type SensingState, tickMs } from './sensing.ts'

/**
 * Who has not left is inside, at the door or the shelf where they were heard of last: by the same id, or from there under
 * another, they go on as who they were; who is not seen again leaves as anybody does. Levels of plates are found anew.
 */
export function regained(store: Store, observations: readonly Observation[]): SensingState {
  const presence = newPresence()
  const spaces = cellSpaces(store)
  for (const observation of observations) follow(presence, spaces, observation)
  const lastTick = Math.floor((observations.at(-1)?.ts ?? 0) / tickMs) * tickMs
  // Nobody looked since.
  for (const person of Object.values(presence.people)) person.missedFrom = lastTick
  return { ...newSensingState(), presence, lastTick, lastEventAt: lastTick }
}

function follow(
  { people, names }: PresenceState,
  spaces: ReadonlyMap<string, CellSpace>,
  observation: Observation,
): void {
  switch (observation.kind) {
    case 'entered': {
      const { shopper, target, ts, position, staff } = observation
      const frame = { t: ts, x: position[0], y: position[1], hands: [[], []] as const }
      people[shopper] = { ...newPerson(shopper, { target, frame, headZ: null }), staff }
      names[target] = (names[target] ?? 0) + 1
      return
    }
    case 'rejoined': {
      const person = people[observation.shopper]
      if (person !== undefined) person.target = observation.target
      return
    }
    case 'identified': {
      const { account, staff } = observation
      const person = people[observation.shopper]
      if (person !== undefined) Object.assign(person, { account, staff })
      return
    }
    case 'shelf-change': {
      const [x, y] = spaces.get(observation.cells[0]?.cell ?? '')?.center ?? []
      for (const { shopper } of x === undefined ? [] : observation.reach) {
        const person = people[shopper]
        if (person !== undefined) Object.assign(person, { x, y, lastSeen: Math.max(person.lastSeen, observation.ts) })
      }
      return
    }
    case 'left':
      delete people[observation.shopper]
  }
}

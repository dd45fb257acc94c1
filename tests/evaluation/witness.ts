/**
 * The core as a replay knows it, with somebody beside it who sees both the shop and what sensing makes of it: every
 * observation, and every true act together with what sensing knows just then of the people around it.
 */
import type { Core, Outcome } from '../../edge/core.ts'
import type { Observation } from '../../edge/observations.ts'
import type { Simulation } from '../../simulators/simulation.ts'
import type { Person } from '../../simulators/world/person.ts'
import { createDoor } from './door.ts'
import { accountsOf } from './live-recording.ts'
import type { Entry } from './log.ts'
import { createReachOfAct, knownAfterMs } from './true-change.ts'

export interface Witness extends Core {
  readonly log: readonly Entry[]
}

/** Sensing works in ticks of this. */
const lookMs = 200

export function witnessed(core: Core, simulation: Simulation): Witness {
  const { ledger } = simulation.world
  const log: Entry[] = []
  const door = createDoor(simulation)
  const partsOf = createReachOfAct(core.sensing, simulation.world.store)
  let accounts = 0
  let acts = 0
  let lookedAt = 0

  const look = (time: number): void => {
    // Accounts are known to a store before their owners come.
    if (simulation.accountByPerson.size !== accounts) core.setAccounts(accountsOf(simulation))
    accounts = simulation.accountByPerson.size
    if (time - lookedAt < lookMs) return
    lookedAt = time
    log.push(...door.look(time))
    const due = time - knownAfterMs(core.sensing)
    for (let act = ledger.acts[acts]; act !== undefined && act.ts <= due; act = ledger.acts[++acts])
      log.push({ kind: 'act', act, parts: partsOf(act) })
  }
  const take = (outcome: Outcome): Outcome => {
    for (const observation of outcome.observations)
      log.push({ kind: 'sensed', observation, people: peopleIn(observation, core, simulation) })
    return outcome
  }
  return {
    ...core,
    log,
    accept(event) {
      look(event.ts)
      return take(core.accept(event))
    },
    advance(time) {
      look(time)
      return take(core.advance(time))
    },
    finish() {
      look(Number.POSITIVE_INFINITY)
      return take(core.finish())
    },
  }
}

function peopleIn(observation: Observation, core: Core, simulation: Simulation): ReadonlyMap<string, Person> {
  const reach = observation.kind === 'shelf-change' ? observation.reach : []
  return new Map(
    reach.flatMap(({ shopper }) => {
      const target = core.sensing.presence.people[shopper]?.target
      const person = target === undefined ? null : wearerOf(target, simulation)
      return person === null ? [] : [[shopper, person] as const]
    }),
  )
}

/** Whose track it is: of several people who had an id, the one whose latest it is. */
function wearerOf(target: string, { trackers, world }: Simulation): Person | null {
  const ids = (person: Person) => trackers.flatMap((tracker) => tracker.ids.idsOf(person))
  const had = world.ledger.visitors.filter((person) => ids(person).includes(target))
  return had.find((person) => ids(person).at(-1) === target) ?? had[0] ?? null
}

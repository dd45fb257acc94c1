/** Who comes when: scripted people, shoppers who come of themselves with their companions, staff who restock. */
import type { Store } from '../../models/contracts/store.ts'
import { Random } from '../random.ts'
import type { Act } from '../world/act.ts'
import type { AccountPool } from './accounts.ts'
import { drawActs, drawStops, type Stop } from './habits.ts'
import type { Scenario } from './schema.ts'
import { actsOf, drawn, freeStops, type ScriptContext } from './script.ts'

/** People who come together; the first one's account is everybody's. */
export interface Party {
  /** Milliseconds since the epoch. */
  readonly arrives: number
  readonly staff: boolean
  /** Whether it comes with an account even where none is needed to get in. */
  readonly withAccount: boolean
  readonly members: readonly { readonly name: string; readonly acts: readonly Act[] }[]
}

/** Nobody comes sooner after somebody else than this; a door is only so wide. */
const leastGapMs = 1200

/** Shoppers in order of arrival, for ever or until the scenario's count is reached. Companions count too. */
export function* shoppers(context: ScriptContext, seed: number, endless: boolean): Generator<Party> {
  const { scenario, opens } = context
  const options = scenario.shoppers
  const all = freeStops(context.store, context.things)
  const random = new Random(seed, 'arrivals')
  let arrives = opens + 3000
  let previous: Stop[] = []
  for (let number = 1; endless || number <= options.count; ) {
    const alone = (!endless && number === options.count) || !random.chance(options.inPairs)
    const withAccount = random.chance(options.withBeacon)
    const names = alone ? [`s${number}`] : [`s${number}`, `s${number}b`]
    const stops = drawStops(all, options, previous, new Random(seed, `stops/s${number}`))
    const members = names.map((name, i) => {
      const own = new Random(seed, `plan/${name}`)
      const mine = i === 0 ? stops : drawStops(all, { ...options, nearOthers: 0.6 }, stops, own)
      return { name, acts: mine.flatMap((stop) => drawActs(stop, options, names[1 - i] ?? null, own)) }
    })
    yield { arrives, staff: false, withAccount, members }
    previous = stops
    number += names.length
    arrives += leastGapMs + random.exponential(Math.max(0, options.secondsBetween * 1000 - leastGapMs))
  }
}

/** Visits of staff, who fill up where most is gone, for as long as somebody asks for more. */
export function* restockers({ staff }: Scenario, opens: number): Generator<Party> {
  if (staff.restockEverySeconds === 0) return
  const act: Act = { kind: 'restock', where: {}, quantity: staff.packages }
  for (let number = 1; ; number++) {
    const arrives = opens + number * staff.restockEverySeconds * 1000
    const acts = new Array<Act>(staff.facings).fill(act)
    yield { arrives, staff: true, withAccount: true, members: [{ name: `staff${number}`, acts }] }
  }
}

type ScriptedPerson = Scenario['people'][number]

/** The scripted people, by party: whoever comes `with` somebody is in that one's. */
export function scripted(context: ScriptContext, seed: number): Party[] {
  const { people } = context.scenario
  const leaderOf = (person: ScriptedPerson): ScriptedPerson => {
    const leader = people.find(({ name }) => name === person.with)
    return leader === undefined ? person : leaderOf(leader)
  }
  const actsFor = ({ name, does }: ScriptedPerson): Act[] => {
    const random = new Random(seed, `script/${name}`)
    return does.flatMap((act) => actsOf(act, context, random))
  }
  const arrival = (person: ScriptedPerson): number =>
    context.opens + drawn(person.arrives, new Random(seed, `arrival/${person.name}`)) * 1000
  return people
    .filter((person) => person.with === undefined)
    .map((leader) => ({
      arrives: arrival(leader),
      staff: leader.staff,
      withAccount: leader.beacon,
      members: people
        .filter((person) => leaderOf(person) === leader)
        .map((person) => ({
          name: person.name,
          acts: [
            ...(arrival(person) > arrival(leader) ? [{ kind: 'wait', seconds: 0, at: arrival(person) } as const] : []),
            ...actsFor(person),
          ],
        })),
    }))
}

/** Where an account is needed or carried, one is taken from the pool. */
export function accountOf(party: Party, store: Store, pool: AccountPool) {
  const needed = store.entry === 'gated' || party.withAccount || party.staff
  return needed ? pool.take(party.staff) : null
}

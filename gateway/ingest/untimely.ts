/** Changes of shelves that are refused for nothing but their time: something left a shelf, and a person must hear of it. Pure. */
import type { SensorEvent } from '../../edge/events.ts'
import type { IncomingMessage } from './message.ts'

/**
 * What a shelf with a memory stored up in a day is told by a clock that was right. A clock that nobody set is years off, or
 * ahead: what it says tells no more than how long after one another things happened.
 */
const longestStoredMs = 24 * 3_600_000

/** The same for people to look at, said now (`ts`); nothing where it is no change of a shelf. */
export function lateChange(event: SensorEvent, ts: number, isTimeKnown = true): SensorEvent[] {
  if (event.kind !== 'weight-change') return []
  const { device, cell, deltaGrams, sdGrams, from, to, told = '' } = event
  return [{ kind: 'late-change', device, ts, cell, deltaGrams, sdGrams, from, to, told, isTimeKnown }]
}

interface Heard {
  readonly event: SensorEvent
  readonly isTimeKnown: boolean
  readonly name: number | undefined
}

/** What was refused at the door for its clock, until it is given with the rest. */
export interface Untimely {
  /** `event`: what it would have been. */
  add(event: SensorEvent, incoming: IncomingMessage): void
  /** Takes out all, in an order that does not hang on that of arrival; said at `ts`. */
  take(ts: number): SensorEvent[]
  /** Names of those that wait and have one. */
  names(): number[]
}

/** Emptied some times a second. */
export function createUntimely(): Untimely {
  let waiting: Heard[] = []
  return {
    add(event, { arrivedAt, name }) {
      const ageMs = arrivedAt - event.ts
      waiting.push({ event, name, isTimeKnown: ageMs >= 0 && ageMs <= longestStoredMs })
    },
    take(ts) {
      const all = [...waiting].sort((a, b) => orderOf(a) - orderOf(b) || compareText(textOf(a), textOf(b)))
      waiting = []
      return all.flatMap(({ event, isTimeKnown }) => lateChange(event, ts, isTimeKnown))
    },
    names: () => waiting.flatMap(({ name }) => (name === undefined ? [] : [name])),
  }
}

const orderOf = ({ event }: Heard) => event.ts
const textOf = ({ event }: Heard) => JSON.stringify(event)

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

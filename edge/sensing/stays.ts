/**
 * Where people stood, remembered longer than their hands: who was near a shelf when it changed, when the shelf says so only
 * minutes later. Bounded, and small enough to be written down again and again.
 */
import { type CellSpace, floorDistance } from './geometry.ts'
import type { Person } from './person.ts'

/** Somebody stood within `strideMetres` of a place from … to. */
export interface Stay {
  readonly shopper: string
  readonly x: number
  readonly y: number
  readonly from: number
  to: number
}

export interface Stays {
  /** Where everybody stands who is there, by shopper. */
  now: Record<string, Stay>
  /** Oldest first. */
  past: Stay[]
  /** When no tracker said anything. Oldest first. */
  silences: { readonly from: number; readonly to: number }[]
  /** Nothing is known before; 0: nothing at all yet. */
  since: number
  lastAt: number
}

/** Whoever takes a thing stands there for some two seconds: a shorter stop is a walk past. */
const leastStayMs = 1000
const strideMetres = 0.5
/** A hundred visits with twenty stops each, and no more than a day. */
const mostStays = 2000
const longestMs = 24 * 3_600_000
const mostSilences = 50
/** As `presence.ts` has it: a tracker that says nothing for so long is blind. */
const silentMs = 3000
/** Not seen for so long, they stand there no more. */
const goneMs = 10_000
/** An arm and a lean (`reach.ts`: 0.95 m), and the stride within a stay. */
const nearMetres = 0.95 + strideMetres
/** Clocks of shelves and trackers differ by as much. */
const slackMs = 2000

export function newStays(): Stays {
  return { now: {}, past: [], silences: [], since: 0, lastAt: 0 }
}

/** `people`: whom a tracker sees at `ts`, and others, who are left out. */
export function followStays(stays: Stays, people: Iterable<Person>, ts: number): void {
  if (stays.since === 0) stays.since = ts
  else if (ts - stays.lastAt > silentMs)
    stays.silences = [...stays.silences, { from: stays.lastAt, to: ts }].slice(-mostSilences)
  stays.lastAt = ts
  for (const { shopper, lastSeen, x, y } of people) {
    if (lastSeen !== ts) continue
    const stay = stays.now[shopper]
    if (stay !== undefined && Math.hypot(x - stay.x, y - stay.y) <= strideMetres) stay.to = ts
    else {
      end(stays, stay)
      stays.now[shopper] = { shopper, x, y, from: ts, to: ts }
    }
  }
  for (const [shopper, stay] of Object.entries(stays.now)) {
    if (ts - stay.to <= goneMs) continue
    end(stays, stay)
    delete stays.now[shopper]
  }
  forget(stays, ts)
}

function end(stays: Stays, stay: Stay | undefined): void {
  if (stay === undefined || stay.to - stay.from < leastStayMs) return
  stays.past.push(stay)
}

function forget(stays: Stays, now: number): void {
  const isOver = ({ to }: Stay) => stays.past.length > mostStays || to < now - longestMs
  for (let oldest = stays.past[0]; oldest !== undefined && isOver(oldest); oldest = stays.past[0]) {
    stays.past.shift()
    stays.since = Math.max(stays.since, oldest.to)
  }
}

/** Shoppers who stood within reach of one of these plates at some time between two, in order of their names. */
export function stoodNear(stays: Stays, spaces: readonly CellSpace[], from: number, to: number): string[] {
  const there = [...stays.past, ...Object.values(stays.now)].filter(
    (stay) =>
      stay.from <= to + slackMs &&
      stay.to >= from - slackMs &&
      spaces.some((space) => floorDistance(space, stay.x, stay.y) <= nearMetres),
  )
  return [...new Set(there.map(({ shopper }) => shopper))].sort()
}

/** Whether people may have been there between two times whom nobody saw. */
export function wasUnseen({ since, lastAt, silences }: Stays, from: number, to: number): boolean {
  return since === 0 || from < since || to > lastAt || silences.some((one) => one.from < to && one.to > from)
}

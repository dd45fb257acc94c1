/**
 * Which messages are kept and not taken in yet. A message is on disk before it is acknowledged, and only then taken in: time may
 * move on in between, and the engine was not given it then.
 */
import type { IncomingMessage } from '../ingest/message.ts'
import { nameOf } from './record.ts'

/** A device has 20 messages under way at most (`embedded-broker.ts`): this is all devices of a large store at once. */
const mostAwaiting = 10_000
/** As long as the spool remembers a message: what is said again later is too late for ingest. */
const rememberedMs = 70_000
/** More than 1,400 a second, each of which waits for the disk. */
const mostRemembered = 100_000

export interface Keeping {
  /** A message is about to be kept. */
  begin(topic: string, payload: Uint8Array): void
  /** One is taken in now; false: it was not kept before. */
  takeIn(payload: Uint8Array, now: number): boolean
  /** The same of one that an earlier process left. */
  restore(message: IncomingMessage): void
  /** Names (`nameOf`) of what may stand on disk and was not taken in; what the disk refused is said again. */
  awaiting(): number[]
  /** Lets go of what nobody asks for any more. `now`: milliseconds since the epoch. */
  forget(now: number): void
}

export function createKeeping(): Keeping {
  /** Of payloads that are on their way. */
  const names = new WeakMap<Uint8Array, number>()
  const awaiting = new Set<number>()
  /** What is said again after it was taken in is on no way to be. Oldest first, by when it was taken in. */
  const takenIn = new Map<number, number>()

  function note(name: number, at: number): void {
    takenIn.delete(name)
    takenIn.set(name, at)
    awaiting.delete(name)
    const [oldest] = takenIn.keys()
    if (takenIn.size > mostRemembered && oldest !== undefined) takenIn.delete(oldest)
  }

  return {
    begin(topic, payload) {
      const name = nameOf(topic, payload)
      names.set(payload, name)
      if (!takenIn.has(name) && awaiting.size < mostAwaiting) awaiting.add(name)
    },
    takeIn(payload, now) {
      const name = names.get(payload)
      if (name !== undefined) note(name, now)
      return name !== undefined
    },
    restore({ arrivedAt, topic, body }) {
      if (body.kind === 'bytes') note(nameOf(topic, body.bytes), arrivedAt)
    },
    awaiting: () => [...awaiting],
    forget(now) {
      for (const [name, at] of takenIn) {
        if (at > now - rememberedMs) break
        takenIn.delete(name)
      }
    },
  }
}

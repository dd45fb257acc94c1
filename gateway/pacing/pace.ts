/** When messages are taken in and when time moves on: by the wall, or by a simulator. */
import { isCommand } from '../../models/contracts/topics.ts'
import type { Ingest } from '../ingest/ingest.ts'
import type { BusMessage } from '../mqtt/bus.ts'

export interface Pace {
  start(): void
  /** Takes every message of the bus. */
  take(message: BusMessage): void
  stop(): void
}

/** What the engine's side of the process does when time moves. */
export interface Downstream {
  readonly ingest: Ingest
  /** Releases what is due and gives it to the engine. */
  pump(): void
}

/** What devices publish: commands below `dev/` are the gateway's own. */
export function isFromDevice(storeId: string, topic: string): boolean {
  return topic.startsWith(`tillfree/1/${storeId}/dev/`) && !isCommand(topic)
}

export function receive(ingest: Ingest, { topic, payload, retain }: BusMessage, arrivedAt: number): void {
  ingest.receive({ arrivedAt, topic, body: { kind: 'bytes', bytes: payload }, retain })
}

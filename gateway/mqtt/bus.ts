/** How the gateway hears and speaks MQTT, whoever runs the broker. */

export interface BusMessage {
  readonly topic: string
  readonly payload: Uint8Array
  /** True when the broker replays what was said before the gateway subscribed. */
  readonly retain: boolean
}

export interface PublishOptions {
  readonly qos: 0 | 1
  readonly retain?: boolean
}

/** A message is not kept, however often it comes: its device says too much. */
export class NeverKeptError extends Error {}

export interface Bus {
  /** Resolves when messages flow. Set `onMessage` before. */
  start(): Promise<void>
  /** One listener; it must not throw. */
  onMessage(listener: (message: BusMessage) => void): void
  /**
   * Called with each message of QoS 1 before it is acknowledged, and before `onMessage` has it. The acknowledgement waits for it; when
   * it rejects there is none, the connection is closed, and the message comes again. Of others' brokers, which have said to the
   * device that they have it: by a NeverKeptError only this message is dropped.
   */
  beforeAcknowledging(keep: (message: BusMessage) => Promise<void>): void
  /** Rejects when there is no connection: what is said late can be worse than what is not said (a gate opens). */
  publish(topic: string, payload: string, options: PublishOptions): Promise<void>
  connected(): boolean
  /** The port of the embedded broker; null where the broker is somebody else's. */
  port(): number | null
  stop(): Promise<void>
}

/** pino's shape, as far as this folder needs it. */
export interface BusLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** Everything below the store's name: devices, and a simulator's clock. */
export function storeFilter(storeId: string): string {
  return `tillfree/1/${storeId}/#`
}

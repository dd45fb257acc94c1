/** Messages under way, handed out in order of arrival. */
import type { Frame } from '../cameras/frame.ts'

export interface Arrival<P = Payload> {
  /** When it reaches the broker, milliseconds since the epoch. */
  readonly t: number
  readonly device: string
  readonly channel: string
  readonly payload: P
}

/** A JSON message, the plain text of a status, or a picture that its sender has yet to compress. */
type Plain = { readonly json: unknown } | { readonly text: 'online' | 'offline' }
export type Payload = Plain | { readonly picture: Frame }
/** The same as it goes on its way: bytes as base64. */
export type Sent = Plain | { readonly b64: string }

export class Outbox {
  /** Kept in order of arrival; hardly anything overtakes by far, so the place is found from the end. */
  private readonly waiting: Arrival[] = []

  push(arrival: Arrival): void {
    let at = this.waiting.length
    while (at > 0 && (this.waiting[at - 1]?.t ?? 0) > arrival.t) at--
    this.waiting.splice(at, 0, arrival)
  }

  /** Everything that has arrived by `time`. */
  drain(time: number): Arrival[] {
    let count = 0
    while ((this.waiting[count]?.t ?? Number.POSITIVE_INFINITY) <= time) count++
    return this.waiting.splice(0, count)
  }

  get size(): number {
    return this.waiting.length
  }
}

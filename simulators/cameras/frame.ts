/** A picture as a sensor gives it, before anybody compresses it. */
export interface Frame {
  readonly width: number
  readonly height: number
  /** Rows of red, green and blue bytes. */
  readonly bytes: Uint8Array
  /** When the shutter closed, milliseconds since the epoch. */
  readonly takenAtMs: number
}

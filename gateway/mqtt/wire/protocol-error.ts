/** What a client sent and the standard forbids. Says where, what was found, what was wanted. */
export class ProtocolError extends Error {
  /** The return code of a CONNACK that says so before the connection closes; null where the standard has none. */
  readonly connack: number | null

  constructor(message: string, connack: number | null = null) {
    super(message)
    this.name = 'ProtocolError'
    this.connack = connack
  }
}

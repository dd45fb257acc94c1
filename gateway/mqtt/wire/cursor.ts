/** Reads the fields of an MQTT packet in their order (MQTT 3.1.1, 1.5) and never beyond its end. */
import { isUtf8 } from 'node:buffer'
import { ProtocolError } from './protocol-error.ts'

export class Cursor {
  readonly #bytes: Buffer
  readonly #packet: string
  #at: number

  /** `packet` is its name, for messages. */
  constructor(bytes: Buffer, at: number, packet: string) {
    this.#bytes = bytes
    this.#at = at
    this.#packet = packet
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  byte(field: string): number {
    return this.take(1, field)[0] ?? 0
  }

  /** Two bytes, the high one first. */
  word(field: string): number {
    return this.take(2, field).readUInt16BE(0)
  }

  /** Bytes after their length. */
  binary(field: string): Buffer {
    return this.take(this.word(field), field)
  }

  /** [MQTT-1.5.3-1] well-formed UTF-8, [MQTT-1.5.3-2] without U+0000. */
  text(field: string): string {
    const bytes = this.binary(field)
    if (!isUtf8(bytes)) throw this.fault(`its ${field} is not UTF-8`)
    if (bytes.includes(0)) throw this.fault(`its ${field} contains U+0000`)
    return bytes.toString()
  }

  take(length: number, field: string): Buffer {
    if (length > this.left) throw this.fault(`it ends within its ${field}`)
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  end(): void {
    if (this.left > 0) throw this.fault(`${this.left} bytes too many`)
  }

  fault(what: string, connack: number | null = null): ProtocolError {
    return new ProtocolError(`found a ${this.#packet} that the standard forbids: ${what}`, connack)
  }
}

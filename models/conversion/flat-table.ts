/** One table of a FlatBuffer, read by field number (flatbuffers.dev, "Internals"). For sources whose digest was checked. */
import { ByteBuffer } from 'flatbuffers'

/** Fields are numbered from 0 in the order of the schema; the first two entries of a vtable are sizes. */
const vtableOffset = (field: number): number => 4 + 2 * field

export class FlatTable {
  readonly #buffer: ByteBuffer
  readonly #at: number

  constructor(buffer: ByteBuffer, at: number) {
    this.#buffer = buffer
    this.#at = at
  }

  /** The table that a file begins with. */
  static root(bytes: Uint8Array): FlatTable {
    const buffer = new ByteBuffer(bytes)
    return new FlatTable(buffer, buffer.readInt32(0))
  }

  /** A field that is not written has its default. */
  int32(field: number, fallback = 0): number {
    const at = this.#place(field)
    return at === null ? fallback : this.#buffer.readInt32(at)
  }

  /** Of a byte, an enum or (0, 1) a boolean. */
  int8(field: number, fallback = 0): number {
    const at = this.#place(field)
    return at === null ? fallback : this.#buffer.readInt8(at)
  }

  text(field: number): string {
    const at = this.#place(field)
    return at === null ? '' : String(this.#buffer.__string(at))
  }

  int32s(field: number): number[] {
    return this.#elements(field, 4).map((at) => this.#buffer.readInt32(at))
  }

  bytes(field: number): Uint8Array {
    const at = this.#place(field)
    if (at === null) return new Uint8Array()
    const start = this.#buffer.__vector(at)
    return this.#buffer.bytes().subarray(start, start + this.#buffer.__vector_len(at))
  }

  /** An absent table is one in which every field has its default. */
  table(field: number): FlatTable {
    const at = this.#place(field)
    return at === null ? emptyTable : new FlatTable(this.#buffer, this.#buffer.__indirect(at))
  }

  tables(field: number): FlatTable[] {
    return this.#elements(field, 4).map((at) => new FlatTable(this.#buffer, this.#buffer.__indirect(at)))
  }

  #place(field: number): number | null {
    const offset = this.#buffer.__offset(this.#at, vtableOffset(field))
    return offset === 0 ? null : this.#at + offset
  }

  #elements(field: number, sizeBytes: number): number[] {
    const at = this.#place(field)
    if (at === null) return []
    const start = this.#buffer.__vector(at)
    return Array.from({ length: this.#buffer.__vector_len(at) }, (_, index) => start + sizeBytes * index)
  }
}

/** A table at 4 whose vtable at 8 lists no field. */
const emptyTable = FlatTable.root(Uint8Array.of(4, 0, 0, 0, 0xfc, 0xff, 0xff, 0xff, 4, 0, 4, 0))

/** Inputs that are nearly good: files of a corpus, spoilt a few times in the ways that break decoders. Pure. */
import fc from 'fast-check'

/** One way to spoil; places are shares of the length, so that they stay valid while others change it. */
type Edit = (bytes: Buffer, others: readonly Buffer[]) => Buffer

const share = fc.double({ min: 0, max: 1, noNaN: true })
const place = (bytes: Buffer, at: number) => Math.min(bytes.length, Math.floor(at * (bytes.length + 1)))
const span = (bytes: Buffer, a: number, b: number): [number, number] => {
  const [from, to] = [place(bytes, Math.min(a, b)), place(bytes, Math.max(a, b))]
  return [from, to]
}

/** Where lengths, counts and signs turn over; numbers, brackets and words that texts are made of. */
const oddBytes = [0, 1, 0x7f, 0x80, 0xd9, 0xda, 0xfe, 0xff]
const oddTexts = [
  '-1',
  '0',
  '-0',
  '1e999',
  '1e-999',
  '9007199254740993',
  '0.1',
  '""',
  'null',
  '[]',
  '{}',
  '[[[[',
  '{"__proto__":{}}',
  '\u0000',
  '\ud800',
  '\ufeff',
  '%',
  '%00',
  '&a *a',
  '<<: *a',
  '!!js',
  '\n',
  '\r\n',
  "'",
  '"',
  '\\',
  '#',
  '+',
  '/',
  '..',
  ' '.repeat(300),
]

const edits: readonly fc.Arbitrary<Edit>[] = [
  // A bit.
  fc.tuple(share, fc.nat(7)).map(
    ([at, bit]): Edit =>
      (bytes) => {
        const i = Math.min(place(bytes, at), bytes.length - 1)
        return bytes.length === 0 ? bytes : Buffer.from(bytes.map((byte, j) => (j === i ? byte ^ (1 << bit) : byte)))
      },
  ),
  // A byte.
  fc.tuple(share, fc.oneof(fc.constantFrom(...oddBytes), fc.nat(255))).map(
    ([at, value]): Edit =>
      (bytes) => {
        const i = place(bytes, at)
        return Buffer.concat([bytes.subarray(0, i), Buffer.of(value), bytes.subarray(i + 1)])
      },
  ),
  // A stretch away.
  fc.tuple(share, share).map(
    ([a, b]): Edit =>
      (bytes) => {
        const [from, to] = span(bytes, a, b)
        return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
      },
  ),
  // A stretch twice or more often.
  fc.tuple(share, share, fc.integer({ min: 2, max: 40 })).map(
    ([a, b, times]): Edit =>
      (bytes) => {
        const [from, to] = span(bytes, a, b)
        const again = Array.from({ length: times }, () => bytes.subarray(from, to))
        return Buffer.concat([bytes.subarray(0, from), ...again, bytes.subarray(to)]).subarray(0, mostBytes)
      },
  ),
  // Cut off.
  share.map(
    (at): Edit =>
      (bytes) =>
        bytes.subarray(0, place(bytes, at)),
  ),
  // Something odd in between.
  fc
    .tuple(
      share,
      fc.oneof(
        fc.constantFrom(...oddTexts).map((text) => Buffer.from(text)),
        fc.uint8Array({ maxLength: 40 }).map((all) => Buffer.from(all)),
      ),
    )
    .map(
      ([at, more]): Edit =>
        (bytes) => {
          const i = place(bytes, at)
          return Buffer.concat([bytes.subarray(0, i), more, bytes.subarray(i)])
        },
    ),
  // A number that is another.
  fc.tuple(fc.nat(), fc.constantFrom(...oddTexts.slice(0, 10))).map(
    ([which, text]): Edit =>
      (bytes) => {
        const numbers = [...bytes.toString('latin1').matchAll(/-?\d+(\.\d+)?/g)]
        const found = numbers[which % Math.max(1, numbers.length)]
        if (found === undefined) return bytes
        return Buffer.concat([
          bytes.subarray(0, found.index),
          Buffer.from(text),
          bytes.subarray(found.index + found[0].length),
        ])
      },
  ),
  // The beginning of this one and the end of another.
  fc.tuple(fc.nat(), share, share).map(
    ([which, a, b]): Edit =>
      (bytes, others) => {
        const other = others[which % Math.max(1, others.length)] ?? bytes
        return Buffer.concat([bytes.subarray(0, place(bytes, a)), other.subarray(place(other, b))])
      },
  ),
]

/** Larger ones only cost time: bounds of size have tests of their own. */
const mostBytes = 200_000
const mostEdits = 6

/** Each a file of the corpus, spoilt one to six times. */
export function spoilt(corpus: readonly Buffer[]): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.constantFrom(...corpus), fc.array(fc.oneof(...edits), { minLength: 1, maxLength: mostEdits }))
    .map(([good, all]) => all.reduce((bytes, edit) => edit(bytes, corpus), good))
}

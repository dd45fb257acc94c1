import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { corpusOf } from './corpus.ts'
import { decoders } from './decoders.ts'
import { spoilt } from './mutate.ts'

/** A few seconds altogether; `npm run fuzz` goes on for as long as it is told to. */
const runs = 300

describe.each(Object.entries(decoders))('%s', (name, decode) => {
  const corpus = corpusOf(name)

  test.each(corpus.map((file) => [file.name, file.bytes] as const))(
    'decode() of %s gives something or refuses it',
    (_, bytes) => {
      decode(bytes)
    },
  )

  /** Of inputs that are refused at the first look nothing is learned. Nothing here is signed as webhooks must be. */
  test('decode() takes some of the corpus as it is, but no webhook', () => {
    expect(corpus.some(({ bytes }) => decode(bytes))).toBe(name !== 'webhook')
  })

  test('decode() of spoilt inputs gives something or refuses them', () => {
    fc.assert(
      fc.property(spoilt(corpus.map(({ bytes }) => bytes)), (bytes) => void decode(bytes)),
      { numRuns: runs },
    )
  })
})

test('spoilt() changes most inputs, and makes the same of the same seed', () => {
  const good = Buffer.from('{"a":1}')
  const made = () => fc.sample(spoilt([good]), { numRuns: 200, seed: 1 })
  expect(made().filter((bytes) => bytes.equals(good)).length).toBeLessThan(80)
  expect(made()).toEqual(made())
})

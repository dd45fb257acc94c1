import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PpmError, PpmSplitter } from './ppm.ts'

function ppm(width: number, height: number, first: number): Uint8Array {
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, index) => (first + index) % 256)
  return Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), rgb])
}

describe('PpmSplitter', () => {
  it('gives the same pictures however the stream is cut', () => {
    const sizes = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.nat(255)), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 80 }), (pictures, pieceBytes) => {
        const stream = Buffer.concat(pictures.map(([width, height, first]) => ppm(width, height, first)))
        const splitter = new PpmSplitter()
        const found = []
        for (let at = 0; at < stream.length; at += pieceBytes)
          found.push(...splitter.push(stream.subarray(at, at + pieceBytes)))
        expect(found.map(({ width, height, rgb }) => [width, height, rgb[0]])).toEqual(pictures)
      }),
    )
  })

  it.each([
    ['another format', Buffer.from('P5\n10 10\n255\n'.padEnd(40)), 'wanted P6'],
    ['an endless header', Buffer.from(`P6\n${' '.repeat(60)}`), 'wanted P6'],
    ['a picture of nothing', Buffer.from('P6\n0 10\n255\n'), 'found 0 x 10 pixels'],
    ['a picture that would fill the memory', Buffer.from('P6\n99999 99999\n255\n'), 'found 99999 x 99999 pixels'],
  ])('refuses %s', (_, stream, message) => {
    expect(() => new PpmSplitter().push(stream)).toThrow(PpmError)
    expect(() => new PpmSplitter().push(stream)).toThrow(message)
  })
})

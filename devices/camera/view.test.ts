import { describe, expect, it } from 'vitest'
import { hasMoved, steadyView, thumbnailSize, type View, viewFromText, viewOf, viewText } from './view.ts'

const { width, height } = thumbnailSize

/** A shop of rectangles, drawn by a fixed sequence; seen with the camera turned by so many pixels of the thumbnail. */
function shop({ turned = 0, light = 1, person = -1, other = 0 } = {}): Uint8Array {
  const grey = new Uint8Array(width * height).fill(60 * light)
  let seed = 12_345 + other
  const next = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return seed % below
  }
  const fill = (left: number, top: number, wide: number, high: number, level: number) => {
    for (let y = Math.max(0, top); y < Math.min(height, top + high); y += 1)
      for (let x = Math.max(0, left); x < Math.min(width, left + wide); x += 1) grey[y * width + x] = level * light
  }
  for (let i = 0; i < 40; i += 1) fill(next(140) - 40 - turned, next(height), 2 + next(14), 2 + next(9), 40 + next(150))
  if (person >= 0) fill(person, 10, 10, 34, 90)
  return grey
}

function seen(options: Parameters<typeof shop>[0] = {}): View {
  const view = viewOf(shop(options))
  if (view === null) throw new Error('there is something to see')
  return view
}

describe('hasMoved()', () => {
  it.each([
    ['nothing changed', {}],
    ['it got darker', { light: 0.4 }],
    ['it got brighter', { light: 1.2 }],
    ['somebody stands in view', { person: 25 }],
  ])('lets a camera be when %s', (_, options) => {
    expect(hasMoved(seen(), seen(options))).toBe(false)
  })

  it.each([4, 6, 10, -8])('sees that a camera was turned by %i of 64 pixels', (turned) => {
    expect(hasMoved(seen(), seen({ turned }))).toBe(true)
  })

  it('sees that it looks at something else altogether', () => {
    expect(hasMoved(seen(), seen({ turned: 60 }))).toBe(true)
    expect(hasMoved(seen(), seen({ other: 999 }))).toBe(true)
  })
})

describe('steadyView()', () => {
  it('leaves out who walks through', () => {
    const walk = [0, 8, 16, 24, 32, 40, 48, 54].map((person) => seen({ person }))
    const empty = seen()
    const off = (view: View) => Math.max(...view.map((value, i) => Math.abs(value - (empty[i] ?? 0))))
    expect(off(steadyView(walk))).toBeLessThan(off(walk[3] ?? empty) / 2)
  })
})

describe('viewOf()', () => {
  it('says nothing of a picture without anything in it', () => {
    expect(viewOf(new Uint8Array(width * height).fill(12))).toBeNull()
    expect(viewOf(shop({ light: 0.01 }))).toBeNull()
  })

  it('is 512 letters in a store file', () => {
    expect(viewText(seen())).toMatch(/^[A-Za-z0-9+/]{512}$/)
    expect(viewFromText(viewText(seen()))).toEqual(seen())
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dot, minus, type Vector } from '../../models/geometry/vector.ts'
import { aroundAll, cover, gather, layersOf, nothing } from './canvas.ts'
import { type Eye, eyeOf } from './eye.ts'
import { lightingOf } from './lighting.ts'
import { plain } from './paint.ts'
import { sightOf } from './sight.ts'
import { along, ball, box, can, limb, type Solid, unit } from './solid.ts'
import { smallCamera } from './testing.ts'

const eye = eyeOf(smallCamera)
const straight = eyeOf({ ...smallCamera, distortion: { k1: 0, k2: 0, p1: 0, p2: 0 } })
const axes = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
] as const
const white = plain([1, 1, 1])
const metres = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const somewhere = fc.tuple(metres(1, 5), metres(1, 5), metres(0.1, 2))

/** Owners of the pixels, of the first look. */
function ownersOf(solids: readonly Solid[], of: Eye): Int32Array {
  const [layer] = layersOf(of)
  if (layer === undefined) throw new Error('no layer')
  const sights = solids.map((solid) => sightOf(solid, of))
  cover(layer, sights, of, 0, aroundAll(sights))
  return layer.owner
}

function middleOf(owners: Int32Array, { width }: Eye, index: number): [number, number] {
  const found = [...owners.keys()].filter((at) => owners[at] === index)
  const mean = (part: (at: number) => number): number => found.reduce((sum, at) => sum + part(at), 0) / found.length
  return [mean((at) => at % width), mean((at) => Math.floor(at / width))]
}

describe('sightOf()', () => {
  test.each([
    ['a bent lens', eye],
    ['a straight lens', straight],
  ])('draws a point where project() of the camera says, through %s', (_, of) => {
    fc.assert(
      fc.property(somewhere, (at) => {
        const seen = of.view.project(at)
        if (seen === null) return
        const [x, y] = seen.pixel
        if (x < 5 || y < 5 || x > 154 || y > 114) return
        const middle = middleOf(ownersOf([ball(at, axes, [0.06, 0.06, 0.06], white)], of), of, 0)
        // The first look is half a pixel beside the middle, and a ball of some pixels has no finer middle.
        expect(Math.hypot(middle[0] - x, middle[1] - y)).toBeLessThan(1)
      }),
      { numRuns: 40, endOnFailure: true },
    )
  })

  test('lets what is nearer hide what is behind it, whatever is drawn first', () => {
    const way: Vector = unit(minus([3, 3, 1], smallCamera.position))
    const near = ball(along(smallCamera.position, way, 2), axes, [0.2, 0.2, 0.2], white)
    const far = ball(along(smallCamera.position, way, 3), axes, [0.2, 0.2, 0.2], white)
    const [x, y] = eye.view.project(far.at)?.pixel ?? [0, 0]
    const at = Math.round(y) * eye.width + Math.round(x)
    expect(ownersOf([near, far], eye)[at]).toBe(0)
    expect(ownersOf([far, near], eye)[at]).toBe(1)
  })

  test('finds the surface of each shape, and its normal there', () => {
    const solids = [
      ball([3, 3, 1], axes, [0.5, 0.3, 0.7], white),
      box([3, 3, 1], axes, [0.4, 0.5, 0.6], white),
      can([3, 3, 1], axes, [0.4, 0.6, 0.4], white),
      limb({ from: [2.8, 3, 0.5], to: [3.2, 3.1, 1.5], fromRadius: 0.3, toRadius: 0.1 }, white),
    ]
    fc.assert(
      fc.property(fc.nat(3), metres(-0.25, 0.25), metres(-0.25, 0.25), (kind, dx, dz) => {
        const solid = solids[kind]
        if (solid === undefined) return
        const way = unit(minus([3 + dx, 3, 1 + dz], smallCamera.position))
        const sight = sightOf(solid, eye)
        const depth = sight.depth(...way)
        if (!Number.isFinite(depth)) return
        sight.locate(...way, depth)
        expect(Math.abs(insideness(solid, [sight.px, sight.py, sight.pz]))).toBeLessThan(1e-5)
        const normal: Vector = [sight.nx, sight.ny, sight.nz]
        expect(dot(normal, normal)).toBeCloseTo(1, 6)
        expect(dot(normal, way)).toBeLessThan(0)
      }),
    )
  })
})

/** 0 on the surface of a shape, by its definition; places in its own coordinates. */
function insideness({ shape }: Solid, [x, y, z]: Vector): number {
  switch (shape.kind) {
    case 'ball':
      return Math.hypot(x, y, z) - 1
    case 'box':
      return Math.max(Math.abs(x), Math.abs(y), Math.abs(z)) - 1
    case 'can':
      return Math.max(Math.hypot(x, z), Math.abs(y)) - 1
    case 'limb': {
      const { fromRadius, toRadius, length } = shape
      let least = Number.POSITIVE_INFINITY
      for (let s = 0; s <= 1; s += 1e-4)
        least = Math.min(least, Math.hypot(x, y - s * length, z) - (fromRadius + s * (toRadius - fromRadius)))
      return least
    }
  }
}

test('gather() mixes what the looks through a pixel meet, and leaves nothing behind', () => {
  const layers = layersOf(eye)
  const sights = [sightOf(box([3, 3, 1], axes, [0.5, 0.5, 0.5], white), eye)]
  const byLook = layers.map(() => sights)
  const light = new Float32Array(eye.width * eye.height * 3)
  for (const [look, layer] of layers.entries()) cover(layer, sights, eye, look, aroundAll(sights))
  gather(light, { eye, lighting: lightingOf(1), layers, sights: byLook }, aroundAll(sights))
  const levels = new Set(light.filter((level) => level > 0))
  expect(levels.size).toBeGreaterThan(4)
  expect(layers.every(({ owner }) => owner.every((one) => one === nothing))).toBe(true)
})

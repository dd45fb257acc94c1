import { beforeAll, describe, expect, test } from 'vitest'
import { madeUpLabels } from './goods.ts'
import { StoreCamera } from './store-camera.ts'
import { annaAlone, smallCamera } from './testing.ts'

const seed = 4
const takes = '{ take: Fiji water 0.5 l }'

function shop(...does: string[]) {
  const simulation = annaAlone(seed, ...does)
  return { simulation, camera: new StoreCamera(smallCamera, simulation.world, seed, madeUpLabels) }
}

/** Virtual seconds after the opening. */
function at({ simulation, camera }: ReturnType<typeof shop>, seconds: number) {
  simulation.step(simulation.opens + seconds * 1000)
  return { ...camera.frame(), people: camera.truth() }
}

/** Pixels that differ by more than noise does. */
function changed(a: Uint8Array, b: Uint8Array): number[] {
  return [...a.keys()].filter((i) => Math.abs((a[i] ?? 0) - (b[i] ?? 0)) > 40).map((i) => Math.floor(i / 3))
}

describe('StoreCamera', () => {
  let first = shop(takes)
  beforeAll(() => {
    first = shop(takes)
  })

  test('frame() gives the same bytes for the same shop, seed and time, whatever was looked at before', () => {
    const other = shop(takes)
    const looked = [2, 5, 8].map((seconds) => at(first, seconds).bytes)
    expect(Buffer.from(at(other, 8).bytes).equals(looked[2] ?? Buffer.of())).toBe(true)
  })

  test('truth() says where somebody is: that is where the picture changes', () => {
    const walking = shop('{ wait: 30 }')
    const empty = walking.camera.frame()
    const { people, bytes, takenAtMs } = at(walking, 3)
    const [anna] = people
    expect(people.map(({ person }) => person)).toEqual(['Anna'])
    expect(takenAtMs).toBe(walking.simulation.opens + 3000)
    const [x = 0, y = 0, width = 0, height = 0] = anna?.box ?? []
    const pixels = changed(empty.bytes, bytes)
    const within = pixels.filter((pixel) => {
      const [px, py] = [pixel % 160, Math.floor(pixel / 160)]
      return px >= x - 1 && px <= x + width && py >= y - 1 && py <= y + height
    })
    expect(pixels.length).toBeGreaterThan(50)
    expect(within.length / pixels.length).toBeGreaterThan(0.95)
    expect(anna?.joints.head?.[1]).toBeGreaterThan(y)
    expect(anna?.joints.head?.[1]).toBeLessThan(y + height / 3)
  })

  test('somebody behind a gondola is hidden in part', () => {
    const hiding = shop('{ take: Milk chocolate 100 g }')
    const shares = [3, 8, 15].map((seconds) => at(hiding, seconds).people[0]?.visible)
    expect(shares[0]).toBeGreaterThan(0.95)
    expect(shares[1]).toBeLessThan(0.5)
    expect(shares[2]).toBeGreaterThan(0.95)
  })

  test('another jacket is another picture, at the jacket', () => {
    const walking = shop('{ wait: 30 }')
    const before = at(walking, 3)
    const [anna] = walking.simulation.world.people
    if (anna !== undefined) anna.looks++
    const after = walking.camera.frame()
    const [x = 0, y = 0, width = 0, height = 0] = before.people[0]?.box ?? []
    const pixels = changed(before.bytes, after.bytes)
    expect(pixels.length).toBeGreaterThan(5)
    for (const pixel of pixels) {
      expect(pixel % 160).toBeGreaterThanOrEqual(x - 1)
      expect(pixel % 160).toBeLessThanOrEqual(x + width)
      expect(Math.floor(pixel / 160)).toBeLessThan(y + height * 0.75)
    }
  })

  test('what was taken is gone from the shelf, as if the shop had never had it', () => {
    const { simulation, camera } = shop('{ wait: 30 }')
    camera.frame()
    const [item] = [...simulation.world.packages.stocked].filter(({ product }) => product.name === 'Fiji water 0.5 l')
    if (item === undefined) throw new Error('the corner shop sells Fiji water')
    simulation.world.lift([item])
    const anew = new StoreCamera(smallCamera, simulation.world, seed, madeUpLabels)
    expect(Buffer.from(camera.frame().bytes).equals(anew.frame().bytes)).toBe(true)
  })
})

/**
 * Two products of one mass side by side: only a camera can tell which was taken. Real pictures of products in a hand that is
 * put into plain frames, the real product network, the whole way to the bill; who is where is told in place of the networks
 * for people, which see nobody in plain frames.
 */
import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Inference } from '../edge/inference/inference.ts'
import { enrol } from '../edge/inference/product-likelihoods.ts'
import { featuresOf, openProductClassifier, type ProductClassifier } from '../edge/inference/products.ts'
import { boxOf } from '../edge/tracking/body.ts'
import { eyeOf } from '../edge/tracking/eyes.ts'
import { replay } from '../gateway/replay/replay.ts'
import { t0, testStore } from '../gateway/testing/store.ts'
import type { RecordingLine } from '../models/contracts/recording.ts'
import type { Store } from '../models/contracts/store.ts'
import { groceryStore, type LabelledPicture, labelledPictures } from './evaluation/vision/grocery-store.ts'

/** Juices of two makes in like cartons, as in `classes.csv`. */
const classes = { bravo: 28, other: 32 }
type Juice = keyof typeof classes
const juices = ['bravo', 'other'] as const

/** As good as a small 1.2-megapixel camera under the ceiling: the square around a hand is 140 pixels wide. */
const camera = {
  id: 'cam1',
  kind: 'camera' as const,
  image: [1280, 960] as [number, number],
  intrinsics: { fx: 1000, fy: 1000, cx: 640, cy: 480 },
  position: [1.1, 2.3, 2.4] as [number, number, number],
  lookAt: [1.1, 1.3, 0.8] as [number, number, number],
  up: [0, 0, 1] as [number, number, number],
}
const eye = eyeOf(camera)
const plate = [1, 0.7, 0.95] as const

function shop(): Store {
  const store = testStore()
  const product = (sku: Juice, priceMinor: number) => ({
    sku,
    name: sku,
    priceMinor,
    taxRate: 0.1,
    massGrams: { mean: 1040, sd: 4 },
  })
  const devices = store.devices.filter(({ kind }) => kind === 'shelf' || kind === 'gate')
  return {
    ...store,
    entry: 'open',
    products: [product('bravo', 200), product('other', 210)],
    planogram: juices.map((sku) => ({ sku, cells: ['c1'] })),
    devices: [...devices, camera],
  }
}

const [frameMs, pickMs, endMs] = [200, 5000, 10_000]
const isHolding = (ms: number) => ms >= pickMs && ms < pickMs + 1000

/** From the door to the shelf within 4 s, and back. */
function standsAt(ms: number): readonly [number, number] {
  const share = Math.min(1, ms / 4000, (endMs - ms) / 3000)
  return [0.6 + 0.5 * share, 1.9 - 0.5 * share]
}

function handAt(ms: number): readonly [number, number] | null {
  const reaches = Math.abs(ms - pickMs) <= 1200
  const seen = eye.view.project([plate[0], plate[1] + 0.1, plate[2] + 0.1])
  return reaches ? (seen?.pixel ?? null) : null
}

/** Tells who is where; products are looked at for good. */
function toldPeople(classifier: ProductClassifier): Inference {
  let ms = -frameMs
  return {
    look: async () => {
      ms += frameMs
      const [x, y] = standsAt(ms)
      const box = boxOf(eye.view, [x, y, 1.75]) ?? expect.fail()
      const times = { resizeMs: 0, runMs: 0, boxesMs: 0 }
      return { kind: 'seen', persons: [{ box, score: 0.9, clothes: [1] }], size: { width: 1280, height: 960 }, times }
    },
    poses: async (_, boxes) => {
      const hand = handAt(ms)
      const landmarks = Array.from({ length: 33 }, (_, number) => ({
        pixel: hand ?? ([0, 0] as const),
        behindHips: 0,
        visibility: hand !== null && [16, 18, 20, 22].includes(number) ? 0.9 : 0,
      }))
      return { kind: 'posed', poses: boxes.map(() => ({ presence: 0.9, landmarks })) }
    },
    products: async (picture, parts) => {
      const features: Float32Array[] = []
      for (const part of parts) features.push(await featuresOf(classifier, picture, part))
      return { kind: 'featured', features }
    },
    stop: async () => {},
  }
}

/** An empty floor; while something is held, the product's picture where the hand is. */
async function frame(ms: number, held: LabelledPicture | null): Promise<string> {
  const floor = sharp({ create: { width: 1280, height: 960, channels: 3, background: '#9a948c' } })
  const hand = handAt(ms)
  const side = 100
  const shown =
    held === null || hand === null || !isHolding(ms)
      ? floor
      : floor.composite([
          {
            input: await sharp(readFileSync(held.file)).resize(side, side, { fit: 'cover' }).toBuffer(),
            left: Math.round(hand[0] - side / 2),
            top: Math.round(hand[1] - side / 2),
          },
        ])
  return (await shown.jpeg({ quality: 85 }).toBuffer()).toString('base64')
}

async function visit(held: LabelledPicture | null): Promise<RecordingLine[]> {
  const lines: RecordingLine[] = []
  const topic = (device: string, channel: string) => `tillfree/1/s1/dev/${device}/${channel}`
  for (let ms = 0; ms <= endMs; ms += frameMs) {
    const t = t0 + ms
    lines.push({ t, topic: topic('cam1', 'raw/frame'), b64: await frame(ms, held) })
    if (ms !== pickMs + 400) continue
    const data = { cell: 'c1', deltaGrams: -1040, sdGrams: 2, from: t0 + pickMs, to: t0 + pickMs + 300 }
    lines.push({ t, topic: topic('g1', 'event/weight'), json: { v: 1, id: 'w0', ts: t, boot: 'b1', seq: 0, data } })
  }
  return lines
}

let classifier: ProductClassifier
const looks = new Map<string, Float32Array>()

beforeAll(async () => {
  classifier = await openProductClassifier()
  for (const sku of juices) {
    const own = labelledPictures('train', groceryStore).filter(({ classId }) => classId === classes[sku])
    const features: Float32Array[] = []
    for (const { file } of own.slice(0, 10))
      features.push(await featuresOf(classifier, { kind: 'jpeg', bytes: readFileSync(file) }))
    looks.set(sku, enrol(features))
  }
})
afterAll(() => classifier.release())

async function billed(held: LabelledPicture | null) {
  const lines = await visit(held)
  async function* read() {
    yield* lines
  }
  const { bills, refusals } = await replay(
    { store: shop(), accounts: [], lines: read },
    {
      products: { looks, temperature: classifier.manifest.similarityTemperature },
      startInference: () => toldPeople(classifier),
    },
  )
  expect(refusals).toEqual([])
  expect(bills).toHaveLength(1)
  const [item] = bills[0]?.items ?? []
  return { sku: item?.sku, confidence: item?.confidence ?? 0 }
}

test('a picture of what the hand holds says which of two products of one mass is billed', async () => {
  const nothing = await billed(null)
  expect(nothing.confidence).toBeLessThan(0.6)
  let [right, sum, all] = [0, 0, 0]
  for (const sku of juices) {
    const own = labelledPictures('val', groceryStore).filter(({ classId }) => classId === classes[sku])
    for (const held of own.slice(0, 4)) {
      const bill = await billed(held)
      all += 1
      right += bill.sku === sku ? 1 : 0
      sum += bill.confidence
    }
  }
  expect(all).toBeGreaterThanOrEqual(6)
  expect(right / all).toBeGreaterThanOrEqual(0.75)
  expect(sum / all).toBeGreaterThan(0.7)
}, 120_000)

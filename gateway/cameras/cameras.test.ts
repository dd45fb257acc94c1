import sharp from 'sharp'
import { afterEach, expect, test, vi } from 'vitest'
import type { Store } from '../../models/contracts/store.ts'
import type { Accepted } from '../ingest/ingest.ts'
import { testLog } from '../testing/log.ts'
import { t0, testStore } from '../testing/store.ts'
import { type Cameras, createCameras } from './cameras.ts'
import { createFrameDesk } from './frame-desk.ts'

const { PATH } = process.env
let cameras: Cameras | null = null
afterEach(async () => {
  process.env.PATH = PATH
  await cameras?.stop()
})

function open(store: Store = testStore()) {
  const refused: string[] = []
  const log = testLog()
  const desk = createFrameDesk()
  const onRejected = ({ sentence }: { sentence: string }) => refused.push(sentence)
  cameras = createCameras({ store, desk, logins: new Map(), clock: { now: () => t0 }, onRejected, log })
  return { cameras, desk, refused, log }
}

const frame = (bytes: Uint8Array): Accepted => ({
  kind: 'frame',
  device: 'cam1',
  arrivedAt: t0,
  retained: false,
  ts: t0 - 100,
  bytes,
})
const jpeg = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'teal' } })
    .withExif({ IFD0: { Make: 'Acme' } })
    .jpeg()
    .toBuffer()

test('createCameras() puts a good frame on the desk, with its time', async () => {
  const { cameras, desk, refused } = open()
  const bytes = await jpeg(640, 480)
  cameras.heard(frame(bytes))
  expect(desk.take('cam1')).toEqual({ camera: 'cam1', tsMs: t0 - 100, picture: { kind: 'jpeg', bytes } })
  expect(refused).toEqual([])
})

test.each([
  ['cut off', async () => (await jpeg(640, 480)).subarray(0, 900), /cannot be looked at.+without an end.+cut off/],
  ['100 megapixels', () => jpeg(10_000, 10_000), /10000 x 10000 pixels.+wanted 1 to 32 megapixels/],
  ['of another size than was calibrated', () => jpeg(1280, 720), /1280 x 720 pixels, wanted 640 x 480/],
])('createCameras() refuses a frame that is %s, in words', async (_, make, words) => {
  const { cameras, desk, refused } = open()
  cameras.heard(frame(await make()))
  expect(refused).toEqual([expect.stringMatching(words)])
  expect(refused[0]).toContain('cam1 raw/frame')
  expect(desk.stats()).toEqual([])
})

test('createCameras() gives a still without anything but its pixels', async () => {
  const { cameras } = open()
  expect(await cameras.still('cam1')).toBeNull()
  const bytes = await jpeg(640, 480)
  expect(bytes.includes('Acme')).toBe(true)
  cameras.heard(frame(bytes))
  const still = await cameras.still('cam1')
  expect(still).toMatchObject({ tsMs: t0 - 100, view: null })
  expect(still?.jpeg.includes('Acme')).toBe(false)
  expect(await sharp(still?.jpeg).metadata()).toMatchObject({ format: 'jpeg', width: 640, height: 480 })
})

test('createCameras() goes on without ffmpeg, and says what is missing', async () => {
  process.env.PATH = ''
  const store = testStore()
  const devices = store.devices.map((device) =>
    device.kind === 'camera' ? { ...device, stream: 'rtsp://10.0.0.7/live' } : device,
  )
  const { cameras, log } = open({ ...store, devices })
  cameras.start()
  await vi.waitUntil(() => log.lines.length > 0)
  expect(log.lines[0]).toMatch(/^camera cam1: no pictures: ffmpeg was not found/)
})

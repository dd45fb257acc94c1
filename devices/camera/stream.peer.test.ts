/** Needs ffmpeg. */
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RgbPicture } from './ppm.ts'
import { type RtspCamera, startRtspCamera } from './rtsp-testing.ts'
import { type CameraStream, openStream, type StreamOptions } from './stream.ts'
import { type MjpegCamera, startMjpegCamera } from './testing.ts'

const login = { user: 'shop', password: 'p@ss:word' }
const authorization = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`

let camera: MjpegCamera
let stream: CameraStream | null = null
const pictures: RgbPicture[] = []
const words: string[] = []

beforeEach(async () => {
  pictures.length = 0
  words.length = 0
  camera = await startMjpegCamera(authorization)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
})
afterEach(async () => {
  await stream?.stop()
  await camera.close()
  vi.useRealTimers()
})

function look(changes: Partial<StreamOptions> = {}): void {
  stream = openStream({
    url: camera.url,
    login,
    size: [320, 240],
    maxFps: 100,
    now: Date.now,
    random: () => 0,
    onPicture: (picture) => pictures.push(picture),
    onWord: (word) => words.push(word),
    ...changes,
  })
}

const grey = (level: number, width = 320, height = 240) =>
  sharp({ create: { width, height, channels: 3, background: { r: level, g: level, b: level } } })
    .jpeg()
    .toBuffer()

/** Shows a picture again and again until the condition holds, as a camera does. */
async function showUntil(jpeg: Uint8Array, condition: () => boolean): Promise<void> {
  await vi.waitUntil(
    () => {
      if (!condition()) camera.show(jpeg)
      return condition()
    },
    { timeout: 30_000, interval: 20 },
  )
}

describe('openStream()', () => {
  it('gives pictures as the camera shows them, with a login', async () => {
    look()
    await showUntil(await grey(200), () => pictures.length > 0)
    const [first] = pictures
    expect([first?.width, first?.height, first?.rgb.length]).toEqual([320, 240, 320 * 240 * 3])
    expect(Math.abs((first?.rgb[0] ?? 0) - 200)).toBeLessThan(3)
    expect(words).toEqual(['pictures come'])
  })

  it('holds no picture back: the newest is here before another is shown', async () => {
    look({ maxFps: 1_000 })
    await showUntil(await grey(10), () => pictures.length > 0)
    const settled = await grey(30)
    await showUntil(settled, () => pictures.some(({ rgb }) => Math.abs((rgb[0] ?? 0) - 30) < 3))
    for (const level of [60, 120, 180]) {
      camera.show(await grey(level))
      await vi.waitUntil(() => Math.abs((pictures.at(-1)?.rgb[0] ?? 0) - level) < 3, { timeout: 10_000, interval: 5 })
    }
  })

  it('brings pictures to the size that is wanted', async () => {
    look({ size: [64, 48] })
    await showUntil(await grey(200), () => pictures.length > 0)
    expect([pictures[0]?.width, pictures[0]?.height]).toEqual([64, 48])
  })

  it('leaves out what comes faster than it is wanted', async () => {
    look({ maxFps: 0.001 })
    let sent = 0
    const jpeg = await grey(200)
    await showUntil(jpeg, () => pictures.length > 0 && sent++ > 30)
    expect(pictures).toHaveLength(1)
  })

  it('opens a stream again that the camera ended', async () => {
    look()
    await showUntil(await grey(200), () => pictures.length > 0)
    camera.hangUp()
    await vi.waitUntil(() => words.length > 1)
    expect(words[1]).toMatch(/^no pictures: .+; next try in 1 s$/)
    const before = pictures.length
    await showUntil(await grey(100), () => pictures.length > before)
    expect(camera.openings()).toBe(2)
    expect(words.at(-1)).toBe('pictures come')
  })

  it('gives up a stream that stalls, and opens it again', async () => {
    look()
    await showUntil(await grey(200), () => pictures.length > 0)
    vi.advanceTimersByTime(5_100)
    await vi.waitUntil(() => words.length > 1)
    expect(words[1]).toBe('no pictures: no picture came for 5 s; next try in 1 s')
    const before = pictures.length
    await showUntil(await grey(100), () => pictures.length > before)
    expect(camera.openings()).toBe(2)
  })

  it.each([
    ['nobody who answers', { url: 'http://127.0.0.1:9/' }, /refused/i],
    ['a wrong password', { login: { user: 'shop', password: 'guess-me' } }, /401/],
  ])('says what is wrong with %s, and no password', async (_, changes, why) => {
    look(changes)
    await vi.waitUntil(() => words.length > 0)
    expect(words[0]).toMatch(why)
    expect(words[0]).not.toMatch(/guess-me|p@ss|p%40ss/)
  })

  it.each([
    ['a truncated JPEG', async () => (await grey(200)).subarray(0, 400)],
    ['what is no JPEG', async () => Buffer.from('GIF89a'.repeat(200))],
    ['100 megapixels', () => grey(128, 10_000, 10_000)],
  ])('gives no picture of %s, and goes on with the next good one', async (_, bad) => {
    look()
    const wrong = await bad()
    await vi.waitUntil(() => camera.openings() > 0, { timeout: 10_000 })
    for (let i = 0; i < 5; i += 1) camera.show(wrong)
    await showUntil(await grey(200), () => pictures.length > 0)
    for (const { width, rgb } of pictures) expect([width, Math.abs((rgb[0] ?? 0) - 200) < 3]).toEqual([320, true])
  })
})

describe('openStream() of RTSP', () => {
  let rtsp: RtspCamera
  beforeEach(async () => {
    rtsp = await startRtspCamera(login, 180)
  })
  afterEach(() => rtsp.close())
  const wait = { timeout: 30_000, interval: 20 }

  it('gives pictures with a login, and opens the stream again when the line is cut', async () => {
    look({ url: rtsp.url })
    await vi.waitUntil(() => pictures.length > 2, wait)
    const [first] = pictures
    expect([first?.width, first?.height]).toEqual([320, 240])
    expect(Math.abs((first?.rgb[0] ?? 0) - 180)).toBeLessThan(12)
    rtsp.hangUp()
    await vi.waitUntil(() => words.length > 1, wait)
    expect(words[1]).toMatch(/^no pictures: .+; next try in 1 s$/)
    const before = pictures.length
    await vi.waitUntil(() => {
      vi.advanceTimersByTime(50)
      return pictures.length > before
    }, wait)
    expect(rtsp.plays()).toBe(2)
    expect(words.at(-1)).toBe('pictures come')
  })

  it('says that a password is wrong, and does not say the password', async () => {
    look({ url: rtsp.url, login: { user: 'shop', password: 'guess-me' } })
    await vi.waitUntil(() => words.length > 0, wait)
    expect(words[0]).toMatch(/401/)
    expect(words[0]).not.toMatch(/guess-me/)
    expect(rtsp.plays()).toBe(0)
  })
})

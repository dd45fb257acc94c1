import { describe, expect, it } from 'vitest'
import type { Inference } from '../../edge/inference/inference.ts'
import type { Seen } from '../../edge/inference/inference-worker.ts'
import type { Picture } from '../../edge/inference/picture.ts'
import { boxOf } from '../../edge/tracking/body.ts'
import { eyeOf } from '../../edge/tracking/eyes.ts'
import { cameraAt } from '../../edge/tracking/testing.ts'
import type { Store } from '../../models/contracts/store.ts'
import type { CameraFrame } from '../cameras/frame-desk.ts'
import { createIngest } from '../ingest/ingest.ts'
import { t0, testStore } from '../testing/store.ts'
import { createPerception, type FrameSource, type PerceptionOptions, stopwatches } from './perception.ts'
import { createStirs } from './stirs.ts'
import { visionDevice, withVision } from './vision-device.ts'

const camera = cameraAt('cam1', [1, 6], [1, 2])
const eye = eyeOf(camera)

/** Plates at y = 0.7, one camera that looks at them, no tracker. */
function cameraStore(devices: Store['devices'] = [camera]): Store {
  const store = testStore()
  const others = store.devices.filter(({ kind }) => kind === 'shelf' || kind === 'gate')
  const floor = {
    id: 'floor',
    kind: 'area' as const,
    polygon: [
      [-1, 0],
      [4, 0],
      [4, 5],
      [-1, 5],
    ] as [number, number][],
  }
  return { ...store, zones: [...store.zones, floor], devices: [...others, ...devices] }
}

const picture: Picture = { kind: 'rgb', width: 640, height: 480, bytes: new Uint8Array(640 * 480 * 3).fill(113) }

/** Somebody who walks towards the shelf: seen from 0 s on, 0.8 m/s, until they stand there. */
function somebodyAt(ms: number): Seen {
  const y = Math.max(1.4, 4 - (0.8 * ms) / 1000)
  const box = boxOf(eye.view, [1.2, y, 1.75]) ?? expect.fail()
  const times = { resizeMs: 0, runMs: 0, boxesMs: 0 }
  return { kind: 'seen', persons: [{ box, score: 0.6, clothes: [1] }], size: { width: 640, height: 480 }, times }
}

function shop(over: Partial<PerceptionOptions> & { readonly looks?: (ms: number) => Seen | Promise<Seen> } = {}) {
  const looks = over.looks ?? somebodyAt
  const said: { topic: string; payload: string; retain: boolean | undefined }[] = []
  const words: string[] = []
  const posed: number[] = []
  let [nowMs, started, newest, taken] = [t0, 0, null as CameraFrame | null, false]
  let heard: (camera: string) => void = () => {}
  const frames: FrameSource = {
    onFrame: (listener) => {
      heard = listener
    },
    take: () => {
      const frame = taken ? null : newest
      taken = true
      return frame
    },
    newest: () => newest,
  }
  const inference: Inference = {
    look: async () => looks((newest?.tsMs ?? t0) - t0),
    poses: async (_, boxes) => {
      posed.push(boxes.length)
      return { kind: 'posed', poses: boxes.map(() => ({ presence: 0.1, landmarks: [] })) }
    },
    products: async () => ({ kind: 'no-network', why: 'not asked for' }),
    stop: async () => {},
  }
  const log = { info: () => {}, warn: (_: object, message: string) => void words.push(message) }
  const perception = createPerception({
    store: cameraStore(),
    frames,
    startInference: () => {
      started += 1
      return inference
    },
    publish: async (topic, payload, { retain }) => void said.push({ topic, payload, retain }),
    clock: { now: () => nowMs },
    stopwatch: stopwatches.simulated,
    stepwise: false,
    boot: 'boot1234',
    products: null,
    log,
    ...over,
  })
  async function show(ms: number): Promise<void> {
    nowMs = t0 + ms
    newest = { camera: 'cam1', tsMs: nowMs, picture }
    taken = false
    heard('cam1')
    await perception?.settled()
  }
  return { perception, show, said, words, posed, started: () => started }
}

const targetsIn = (said: readonly { topic: string; payload: string }[]) =>
  said.filter(({ topic }) => topic.endsWith('/raw/targets')).map(({ payload }) => JSON.parse(payload))

describe('createPerception()', () => {
  it('publishes whom the cameras see as a tracker does, so that ingest takes it', async () => {
    const { perception, show, said, posed } = shop()
    perception?.start()
    for (let ms = 0; ms <= 6000; ms += 100) await show(ms)
    await perception?.stop()
    const messages = targetsIn(said)
    expect(messages.length).toBeGreaterThan(30)
    const ids = new Set(messages.flatMap(({ data }) => data.targets.map(({ id }: { id: string }) => id)))
    expect(ids.size).toBe(1)
    const last = messages.at(-1)?.data.targets[0].joints.neck
    expect([last[0], last[1]]).toEqual([expect.closeTo(1.2, 0), expect.closeTo(1.4, 0)])
    expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index))
    // Poses are looked at at the shelf only.
    expect(posed.length).toBeGreaterThan(5)
    expect(posed.length).toBeLessThan(perception?.stats().looks ?? 0)

    const ingest = createIngest({ store: withVision(cameraStore()) })
    for (const { topic, payload } of said)
      expect(ingest.receive({ arrivedAt: t0 + 6000, topic, body: { kind: 'text', text: payload } })).toBeNull()
    expect(said.filter(({ topic }) => topic.endsWith('/status')).map(({ payload }) => payload)).toEqual([
      'online',
      'offline',
    ])
  })

  it('says nothing of a picture but where people are', async () => {
    const { perception, show, said, words } = shop()
    for (let ms = 0; ms <= 4000; ms += 100) await show(ms)
    await perception?.stop()
    const marks = [Buffer.alloc(12, 113).toString('base64'), Buffer.alloc(8, 113).toString(), '113,113,113']
    for (const text of [...said.map(({ payload }) => payload), ...words])
      for (const mark of marks) expect(text).not.toContain(mark)
    for (const { data } of targetsIn(said))
      for (const target of data.targets) expect(Object.keys(target)).toEqual(['id', 'joints'])
  })

  it('goes on without vision where the network is missing, in words', async () => {
    const { perception, show, said, words } = shop({
      looks: () => ({ kind: 'no-network', why: 'network person-detection: the file was altered' }),
    })
    perception?.start()
    for (let ms = 0; ms <= 1000; ms += 100) await show(ms)
    expect(perception?.problem()).toContain('the file was altered')
    expect(words).toHaveLength(1)
    expect(perception?.stats().looks).toBe(1)
    expect(targetsIn(said)).toEqual([])
    await perception?.stop()
  })

  it('says it once where a camera sends pictures that cannot be read, and counts them', async () => {
    const { perception, show, words } = shop({ looks: () => ({ kind: 'bad-picture', why: 'cut off' }) })
    perception?.start()
    for (let ms = 0; ms <= 5000; ms += 100) await show(ms)
    expect(words).toEqual(['a picture of cam1 cannot be looked at: cut off'])
    expect(perception?.stats().badPictures).toBeGreaterThan(3)
    expect(perception?.problem()).toBeNull()
    await perception?.stop()
  })

  it('looks less often where looks cost more, and as often as ever on a simulated clock', async () => {
    const looksWith = async (stopwatch: PerceptionOptions['stopwatch']) => {
      const { perception, show } = shop({ stopwatch })
      perception?.start()
      for (let ms = 0; ms < 5000; ms += 100) await show(ms)
      await perception?.stop()
      return perception?.stats().looks ?? 0
    }
    const free = await looksWith(() => () => 0)
    expect(await looksWith(() => () => 1000)).toBeLessThan(free / 3)
    expect(await looksWith(stopwatches.simulated)).toBe(free)
  })

  it('looks at no time of its own where it is waited for, and does the same each time', async () => {
    const day = async () => {
      const { perception, show, said } = shop({ stepwise: true })
      perception?.start()
      for (let ms = 0; ms <= 5000; ms += 200) await show(ms)
      const looks = perception?.stats().looks
      await perception?.stop()
      return { looks, said }
    }
    const first = await day()
    expect(first.looks).toBeGreaterThan(10)
    expect(await day()).toEqual(first)
    const { perception, started } = shop({ stepwise: true })
    perception?.start()
    expect(started()).toBe(0)
    await perception?.stop()
  })

  it('refuses pictures of another size than those that were calibrated', async () => {
    const seen = somebodyAt(0)
    const looks = (): Seen => (seen.kind === 'seen' ? { ...seen, size: { width: 1280, height: 960 } } : seen)
    const { perception, show, words } = shop({ looks })
    perception?.start()
    await show(0)
    expect(words[0]).toContain('found 1280 x 960 pixels, wanted 640 x 480')
    await perception?.stop()
  })

  it('begins no thread before the first picture, and none where there is nothing to do', async () => {
    const { perception, started } = shop()
    perception?.start()
    await perception?.settled()
    expect(started()).toBe(0)
    await perception?.stop()
    const made = shop({ store: cameraStore([camera, { id: 'trk', kind: 'tracker' }]) })
    expect(made.perception).toBeNull()
  })
})

describe('visionDevice()', () => {
  it.each([
    ['a store with cameras', [camera], 'vision'],
    ['one that says so', [camera, { id: 'vision', kind: 'tracker' }], 'vision'],
    ['one with a tracker of another make', [camera, { id: 'trk', kind: 'tracker' }], null],
    ['one whose gate has the name', [camera, { id: 'vision', kind: 'desk' }], null],
    ['one without cameras', [], null],
  ] as const)('of %s', (_, devices, id) => {
    expect(visionDevice({ devices: [...devices] })).toBe(id)
    const { devices: known } = withVision({ devices: [...devices] })
    expect(known.filter((device) => device.id === 'vision' && device.kind === 'tracker')).toHaveLength(
      id === null ? 0 : 1,
    )
  })
})

describe('createStirs()', () => {
  it('hears plates whose reading changes by more than noise', () => {
    const stirs = createStirs()
    const weight = (grams: number | null) =>
      ({ kind: 'weight', device: 'g1', ts: t0, rateHz: 10, cells: { c1: [grams, null], c2: [500] } }) as const
    expect([weight(100), weight(103), weight(null), weight(640)].map((event) => stirs.heard(event))).toEqual([
      [],
      [],
      [],
      ['c1'],
    ])
    const told = { deltaGrams: 5, sdGrams: 1, from: t0, to: t0 }
    expect(stirs.heard({ kind: 'weight-change', device: 'g1', ts: t0, cell: 'c2', ...told })).toEqual(['c2'])
  })
})

import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { Inference } from '../../edge/inference/inference.ts'
import type { Seen } from '../../edge/inference/inference-worker.ts'
import { boxOf } from '../../edge/tracking/body.ts'
import { eyeOf } from '../../edge/tracking/eyes.ts'
import { cameraAt } from '../../edge/tracking/testing.ts'
import type { Store } from '../../models/contracts/store.ts'
import { createIngest } from '../ingest/ingest.ts'
import { withVision } from '../perception/vision-device.ts'
import { t0, testStore } from '../testing/store.ts'
import { createWatching } from './watching.ts'

const camera = cameraAt('cam1', [1, 6], [1, 2])
const others = testStore().devices.filter(({ kind }) => kind === 'shelf' || kind === 'gate')
const untracked: Store = { ...testStore(), devices: [...others, camera] }
const tracked: Store = { ...untracked, devices: [...untracked.devices, { id: 'trk', kind: 'tracker' }] }
const gray = { channels: 3 as const, background: 'gray' }
const jpeg = await sharp({ create: { width: 640, height: 480, ...gray } })
  .jpeg()
  .toBuffer()
const times = { resizeMs: 0, runMs: 0, boxesMs: 0 }
const size = { width: 640, height: 480 }

/** Somebody who walks away from the camera, 0.4 m a second. */
function somebody(look: number): Seen {
  const box = boxOf(eyeOf(camera).view, [1.2, 4 - look / 25, 1.75]) ?? expect.fail()
  return { kind: 'seen', persons: [{ box, score: 0.9, clothes: [1] }], size, times }
}

/** A camera whose pictures arrive 0.4 s late, ten a second, as a recording goes on. */
async function watch(store: Store, seen: (look: number) => Seen, picture: Uint8Array = jpeg) {
  let [looks, started, stopped] = [0, 0, 0]
  const refused: string[] = []
  const inference: Inference = {
    look: async () => seen(looks++),
    poses: async (_, boxes) => ({ kind: 'posed', poses: boxes.map(() => ({ presence: 0, landmarks: [] })) }),
    products: async () => ({ kind: 'no-network', why: 'not asked for' }),
    stop: async () => {
      stopped += 1
    },
  }
  const watching = createWatching({
    store,
    products: null,
    startInference: () => {
      started += 1
      return inference
    },
    onRejected: ({ sentence }) => refused.push(sentence),
  })
  const said = []
  for (let ms = 0; ms < 5000; ms += 100) {
    const [ts, arrivedAt] = [t0 + ms, t0 + ms + 400]
    watching.heard({ kind: 'frame', device: 'cam1', arrivedAt, retained: false, bytes: picture, ts })
    await watching.looked()
    said.push(...watching.said(arrivedAt))
  }
  said.push(...(await watching.finish(t0 + 6000)))
  return { said, refused, looks, started, stopped }
}

describe('createWatching()', () => {
  it('says whom the pictures of a recording show, as a tracker that ingest takes, the same each time', async () => {
    const { said, refused, stopped } = await watch(untracked, somebody)
    expect(refused).toEqual([])
    expect(stopped).toBe(1)
    expect(said).toHaveLength(50)
    const ingest = createIngest({ store: withVision(untracked) })
    for (const message of said) expect(ingest.receive(message)).toBeNull()
    const targets = ingest.flush().events.flatMap((event) => (event.kind === 'targets' ? event.targets : []))
    expect(targets.length).toBeGreaterThan(15)
    expect(new Set(targets.map(({ id }) => id)).size).toBe(1)
    expect((await watch(untracked, somebody)).said).toEqual(said)
  })

  it('leaves the pictures of a store alone that has a tracker', async () => {
    const { said, started } = await watch(tracked, somebody)
    expect({ said, started }).toEqual({ said: [], started: 0 })
  })

  it('refuses a picture that is cut off, and one that shows something else than was calibrated', async () => {
    const cut = await watch(untracked, somebody, jpeg.subarray(0, 400))
    expect(cut.refused[0]).toMatch(/cam1 raw\/frame: the picture cannot be looked at.*cut off/)
    expect(cut.started).toBe(0)
    const small = await sharp({ create: { width: 320, height: 240, ...gray } })
      .jpeg()
      .toBuffer()
    expect((await watch(untracked, somebody, small)).refused[0]).toMatch(/320 x 240 pixels/)
  })

  it('goes on without pictures, and says so once, when a network is missing', async () => {
    const { said, refused, looks } = await watch(untracked, () => ({ kind: 'no-network', why: 'altered' }))
    expect(said).toEqual([])
    expect(looks).toBe(1)
    expect(refused).toEqual([expect.stringContaining('altered')])
  })
})

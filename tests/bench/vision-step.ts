/** The whole of what a store does with one picture, from decoding it to the message, stage by stage. */
import { decodedOnce } from '../../edge/inference/decoding.ts'
import type { Inference } from '../../edge/inference/inference.ts'
import { changeBetween, thumbnail } from '../../edge/inference/motion-cue.ts'
import type { Picture } from '../../edge/inference/picture.ts'
import { nominalEye } from '../../edge/tracking/nominal-camera.ts'
import type { Plates } from '../../edge/tracking/shelves.ts'
import { newTracking, type Scene } from '../../edge/tracking/state.ts'
import { advance, offer } from '../../edge/tracking/tracking.ts'
import { lookAt } from '../../gateway/perception/look.ts'
import { readManifest, threshold } from '../../models/networks/manifest.ts'

/** Milliseconds of the wall's clock, which is what a picture waits. */
export interface Step {
  /** Of a JPEG; nothing of what a video's decoder gives. */
  readonly decodeMs: number
  readonly cueMs: number
  /** Of the detector: the picture brought to its size, its network, and boxes and clothes from its answer. */
  readonly resizeMs: number
  readonly runMs: number
  readonly boxesMs: number
  /** What else looking for people took: the way to their thread and back. */
  readonly threadMs: number
  readonly posesMs: number
  readonly tracksMs: number
  /** Of the pose network. */
  readonly poseRuns: number
}

/** `plates`: where poses are looked at. Pictures are given with their times, in order. */
export function visionStep(inference: Inference, plates: Plates, size: readonly [number, number]) {
  const eye = nominalEye('video', size)
  const sureScore = threshold(readManifest('person-detection'), 'score')
  const scene: Scene = { eyes: new Map([['video', eye]]), floor: null, doors: [], sureScore, prefix: 't' }
  const state = newTracking()
  let before: Uint8Array = new Uint8Array()

  return async (sent: Picture, tsMs: number): Promise<Step> => {
    const spent = { resizeMs: 0, runMs: 0, boxesMs: 0, threadMs: 0, posesMs: 0, poseRuns: 0 }
    const measured: Pick<Inference, 'look' | 'poses'> = {
      async look(...task) {
        const from = performance.now()
        const seen = await inference.look(...task)
        const peopleMs = performance.now() - from
        if (seen.kind === 'seen') Object.assign(spent, seen.times)
        spent.threadMs = peopleMs - spent.resizeMs - spent.runMs - spent.boxesMs
        return seen
      },
      async poses(given, boxes) {
        const from = performance.now()
        const posed = await inference.poses(given, boxes)
        spent.posesMs = performance.now() - from
        spent.poseRuns = boxes.length
        return posed
      },
    }
    const startedAt = performance.now()
    const picture = await decodedOnce(sent)
    const decodedAt = performance.now()
    const small = await thumbnail(picture)
    changeBetween(small, before)
    before = small
    const cuedAt = performance.now()
    const options = { inference: measured, plates, sureScore, faintScore: 0.2 }
    const looked = await lookAt(options, eye, { camera: 'video', tsMs, picture })
    const lookedAt = performance.now()
    if (looked.kind === 'looked') offer(state, scene, looked.seen)
    JSON.stringify(advance(state, scene, tsMs))
    const cueMs = cuedAt - decodedAt
    return { ...spent, decodeMs: decodedAt - startedAt, cueMs, tracksMs: performance.now() - lookedAt }
  }
}

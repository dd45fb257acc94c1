/** The pictures of a recording: where a store has no tracker, each is looked at, as a store with time enough would. */
import type { Inference } from '../../edge/inference/inference.ts'
import type { CameraConfig } from '../../models/geometry/camera.ts'
import type { CameraFrame } from '../cameras/frame-desk.ts'
import { frameOf } from '../cameras/frame-of.ts'
import { type Rejection, rejection } from '../ingest/causes.ts'
import type { Accepted } from '../ingest/ingest.ts'
import type { IncomingMessage } from '../ingest/message.ts'
import { createSight, type Said, type SightOptions } from '../perception/sight.ts'

export interface Watching {
  /** Takes the pictures among what ingest accepted, and what the scales say. */
  heard(accepted: Accepted): void
  /** Resolves when those are looked at. */
  looked(): Promise<void>
  /** Whom the pictures showed, as a tracker's messages that arrive at `now`. */
  said(now: number): IncomingMessage[]
  /** What is left, when the recording ended at `now`. */
  finish(now: number): Promise<IncomingMessage[]>
}

export interface WatchingOptions extends Omit<SightOptions, 'boot'> {
  /** Called at the first picture. */
  readonly startInference: () => Inference
  readonly onRejected: (rejection: Rejection) => void
}

export function createWatching({ store, products, startInference, onRejected }: WatchingOptions): Watching {
  // The same at each replay: ids are part of the bills.
  const sight = createSight({ store, products, boot: 'replay' })
  const cameras = new Map<string, CameraConfig>()
  for (const device of store.devices) if (device.kind === 'camera') cameras.set(device.id, device)
  const waiting: { readonly frame: CameraFrame; readonly arrivedAt: number }[] = []
  let inference: Inference | null = null
  let isBlind = sight === null

  async function look(frame: CameraFrame, arrivedAt: number): Promise<void> {
    if (sight === null || isBlind) return
    inference ??= startInference()
    const looked = await sight.look(inference, frame, () => arrivedAt)
    if (looked.kind === 'looked') return
    isBlind = looked.kind === 'no-network'
    const fault = { where: 'payload', found: looked.why, wanted: 'a picture that can be looked at' }
    onRejected(rejection('picture', frame.camera, 'raw/frame', fault))
  }

  const messages = (said: readonly Said[], arrivedAt: number): IncomingMessage[] =>
    said.map(({ topic, json }) => ({ topic, arrivedAt, body: { kind: 'json', value: json } }))

  return {
    heard(accepted) {
      if (accepted.kind === 'message' && accepted.event !== null) sight?.heard(accepted.event)
      const camera = cameras.get(accepted.device)
      if (isBlind || accepted.kind !== 'frame' || camera === undefined) return
      const frame = frameOf(accepted, camera)
      if ('refused' in frame) onRejected(frame.refused)
      else waiting.push({ frame, arrivedAt: accepted.arrivedAt })
    },
    async looked() {
      for (const { frame, arrivedAt } of waiting.splice(0)) await look(frame, arrivedAt)
    },
    said: (now) => messages(sight?.said(now) ?? [], now),
    async finish(now) {
      await inference?.stop()
      return messages(sight?.finish(now) ?? [], now)
    },
  }
}

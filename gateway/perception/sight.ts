/** What the store's cameras see of people, as a tracker says it. Whoever has the pictures says which to look at, and what time it is. */
import type { Inference } from '../../edge/inference/inference.ts'
import { eyesOf } from '../../edge/tracking/eyes.ts'
import { floorOf } from '../../edge/tracking/floor.ts'
import type { Eye } from '../../edge/tracking/place.ts'
import { type Plates, platesOf } from '../../edge/tracking/shelves.ts'
import { newTracking, type Scene, type TrackingState } from '../../edge/tracking/state.ts'
import { advance, holdMs, offer } from '../../edge/tracking/tracking.ts'
import type { Target } from '../../models/contracts/messages.ts'
import type { Store } from '../../models/contracts/store.ts'
import { deviceTopic } from '../../models/contracts/topics.ts'
import { readManifest, threshold } from '../../models/networks/manifest.ts'
import type { CameraFrame } from '../cameras/frame-desk.ts'
import { createDelayWindow } from '../ingest/delay-window.ts'
import { type Looked, lookAt } from './look.ts'
import { visionDevice } from './vision-device.ts'

/** `raw/targets` of the contract. */
export interface SaidTargets {
  readonly topic: string
  readonly json: {
    readonly v: 1
    readonly id: string
    readonly ts: number
    readonly boot: string
    readonly seq: number
    readonly data: { readonly targets: readonly Target[] }
  }
}

export interface Sight {
  readonly device: string
  readonly eyes: ReadonlyMap<string, Eye>
  readonly plates: Plates
  readonly tracking: Readonly<Pick<TrackingState, 'tracks' | 'counts'>>
  /** Looks at a picture of one of the eyes; what was seen waits for older pictures of others. Rejects when the thread ends. */
  look(inference: Pick<Inference, 'look' | 'poses'>, frame: CameraFrame, nowMs: () => number): Promise<Looked>
  /** Everybody at each time that nothing older can precede any more; `nowMs` Infinity: at all that are left. */
  said(nowMs: number): SaidTargets[]
}

export interface SightOptions {
  readonly store: Store
  /** Changes at each start: ids of an earlier one are other people. */
  readonly boot: string
}

/** ByteTrack's lower bound (`edge/tracking/association.ts` takes no less). */
const faintScore = 0.1
/** The largest picture takes that long on a poor Wi-Fi (`ingest/device-state.ts`); who waits longer would keep carts waiting. */
const longestHoldMs = 1_500

/** Null where the store has no use for it (`visionDevice`). Throws where the network's manifest is missing or altered. */
export function createSight({ store, boot }: SightOptions): Sight | null {
  const device = visionDevice(store)
  if (device === null) return null
  const [eyes, plates, tracking] = [eyesOf(store), platesOf(store), newTracking()]
  const sureScore = threshold(readManifest('person-detection'), 'score')
  const scene: Scene = { eyes, floor: floorOf(store), sureScore, prefix: `v${boot.slice(0, 6)}-` }
  const topic = deviceTopic(store.id, device, 'raw/targets')
  const delays = createDelayWindow(longestHoldMs)
  let seq = 0

  /** Pictures of the slowest camera come so long after those of others. */
  const longerMs = (nowMs: number) => Math.max(0, Math.min(longestHoldMs, delays.lateAgeMs(nowMs) ?? 0) - holdMs)

  return {
    device,
    eyes,
    plates,
    tracking,
    async look(inference, frame, nowMs) {
      const eye = eyes.get(frame.camera)
      if (eye === undefined) throw new RangeError(`look(): found camera ${frame.camera}, wanted one of the store file`)
      const looked = await lookAt({ inference, plates, sureScore, faintScore }, eye, frame)
      const ageMs = nowMs() - frame.tsMs
      delays.add(nowMs(), ageMs, ageMs)
      if (looked.kind === 'looked') offer(tracking, scene, looked.seen)
      return looked
    },
    said: (nowMs) =>
      advance(tracking, scene, nowMs - longerMs(nowMs)).map(({ tsMs, targets }) => {
        const id = `${boot}-${seq}`
        return { topic, json: { v: 1, id, ts: tsMs, boot, seq: seq++, data: { targets } } }
      }),
  }
}

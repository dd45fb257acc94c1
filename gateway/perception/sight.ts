/** What the store's cameras see of people and of what they take, as the messages of a tracker. Whoever has the pictures says which to look at, and what time it is. */
import type { SensorEvent } from '../../edge/events.ts'
import { decodedOnce } from '../../edge/inference/decoding.ts'
import type { Inference } from '../../edge/inference/inference.ts'
import type { FrameSeen } from '../../edge/tracking/detection.ts'
import { eyesOf } from '../../edge/tracking/eyes.ts'
import { doorsOf, floorOf } from '../../edge/tracking/floor.ts'
import { handsAtShelves } from '../../edge/tracking/hands.ts'
import type { Eye } from '../../edge/tracking/place.ts'
import { type Plates, platesOf } from '../../edge/tracking/shelves.ts'
import { newTracking, type Scene, type TrackingState } from '../../edge/tracking/state.ts'
import { advance, holdMs, offer } from '../../edge/tracking/tracking.ts'
import type { Envelope, Target } from '../../models/contracts/messages.ts'
import type { Store } from '../../models/contracts/store.ts'
import { deviceTopic } from '../../models/contracts/topics.ts'
import { readManifest, threshold } from '../../models/networks/manifest.ts'
import type { Looks } from '../../models/products/looks.ts'
import type { CameraFrame } from '../cameras/frame-desk.ts'
import { createDelayWindow } from '../ingest/delay-window.ts'
import { type Looked, lookAt } from './look.ts'
import { createProductWitness } from './product-witness.ts'
import { createStirs } from './stirs.ts'
import { visionDevice } from './vision-device.ts'

/** `raw/targets` or `event/product` of the contract. */
export interface Said {
  readonly topic: string
  readonly json:
    | Envelope<'event/product'>
    | (Omit<Envelope<'raw/targets'>, 'data'> & { readonly data: { readonly targets: readonly Target[] } })
}

export interface Sight {
  readonly device: string
  readonly eyes: ReadonlyMap<string, Eye>
  readonly plates: Plates
  readonly tracking: Readonly<Pick<TrackingState, 'tracks' | 'counts'>>
  /** Looks at a picture of one of the eyes; what was seen waits for older pictures of others. Rejects when the thread ends. */
  look(inference: Omit<Inference, 'stop'>, frame: CameraFrame, nowMs: () => number): Promise<Looked>
  /** Takes what the scales say; gives the cells that stir. */
  heard(event: SensorEvent): string[]
  /** Everybody at each time that nothing older can precede any more, and what was held at plates that are still again. */
  said(nowMs: number): Said[]
  /** The same of all that is left, at the end. */
  finish(nowMs: number): Said[]
}

export interface SightOptions {
  readonly store: Store
  /** Changes at each start: ids of an earlier one are other people. */
  readonly boot: string
  /** What products look like; null: pictures of hands are not looked at. */
  readonly products: EnrolledProducts | null
}

export interface EnrolledProducts {
  readonly looks: Looks
  /** Of similarities (`ProductManifest`). */
  readonly temperature: number
}

/** Tracking takes no less (`edge/tracking/association.ts`). */
const faintScore = 0.2
/** The largest picture takes that long on a poor Wi-Fi (`ingest/device-state.ts`); who waits longer would keep carts waiting. */
const longestHoldMs = 1_500

/**
 * Of 100 val pictures of 32 pixels the product network knows 29, of 64 pixels 59, of 96 pixels 77, of 128 and more 82 [measured]; a
 * package is about half as wide as the square around the hand that holds it.
 */
const leastHandPixels = 128

/** Null where the store has no use for it (`visionDevice`). Throws where the network's manifest is missing or altered. */
export function createSight({ store, boot, products }: SightOptions): Sight | null {
  const device = visionDevice(store)
  if (device === null) return null
  const [eyes, plates, tracking] = [eyesOf(store), platesOf(store), newTracking()]
  const sureScore = threshold(readManifest('person-detection'), 'score')
  const scene: Scene = {
    eyes,
    floor: floorOf(store),
    doors: doorsOf(store),
    sureScore,
    prefix: `v${boot.slice(0, 6)}-`,
  }
  const delays = createDelayWindow(longestHoldMs)
  const stirs = createStirs()
  let witness = products === null ? null : createProductWitness(products.looks, products.temperature)
  let seq = 0

  /** Pictures of the slowest camera come so long after those of others. */
  const longerMs = (nowMs: number) => Math.max(0, Math.min(longestHoldMs, delays.lateAgeMs(nowMs) ?? 0) - holdMs)

  async function lookAtHands(inference: Pick<Inference, 'products'>, eye: Eye, frame: CameraFrame, seen: FrameSeen) {
    const hands = witness === null ? [] : handsAtShelves(eye, plates, seen.detections, leastHandPixels)
    if (hands.length === 0) return
    const parts = hands.map(({ left, top, side }) => ({ left, top, width: side, height: side }))
    const featured = await inference.products(frame.picture, parts)
    // The gateway checked the network at its start: it is not there any more.
    if (featured.kind === 'no-network') witness = null
    if (featured.kind !== 'featured') return
    for (const [i, features] of featured.features.entries())
      witness?.saw({ tsMs: frame.tsMs, cells: hands[i]?.cells ?? [], features })
  }

  function enveloped(channel: 'raw/targets' | 'event/product', ts: number) {
    const envelope = { v: 1 as const, id: `${boot}-${seq}`, ts, boot, seq }
    seq += 1
    return { topic: deviceTopic(store.id, device ?? '', channel), envelope }
  }

  function targetsUntil(untilMs: number): Said[] {
    return advance(tracking, scene, untilMs).map(({ tsMs, targets }) => {
      const { topic, envelope } = enveloped('raw/targets', tsMs)
      return { topic, json: { ...envelope, data: { targets } } }
    })
  }

  function productsUntil(untilMs: number, nowMs: number): Said[] {
    return (witness?.said(untilMs) ?? []).map((data) => {
      const { topic, envelope } = enveloped('event/product', nowMs)
      return { topic, json: { ...envelope, data } }
    })
  }

  return {
    device,
    eyes,
    plates,
    tracking,
    async look(inference, sent, nowMs) {
      const eye = eyes.get(sent.camera)
      if (eye === undefined) throw new RangeError(`look(): found camera ${sent.camera}, wanted one of the store file`)
      const frame = { ...sent, picture: await decodedOnce(sent.picture) }
      const looked = await lookAt({ inference, plates, sureScore, faintScore }, eye, frame)
      const ageMs = nowMs() - frame.tsMs
      delays.add(nowMs(), ageMs, ageMs)
      if (looked.kind !== 'looked') return looked
      offer(tracking, scene, looked.seen)
      await lookAtHands(inference, eye, frame, looked.seen)
      return looked
    },
    heard(event) {
      const cells = stirs.heard(event)
      for (const cell of cells) witness?.stirred(cell, event.ts)
      return cells
    },
    said: (nowMs) => [...targetsUntil(nowMs - longerMs(nowMs)), ...productsUntil(nowMs, nowMs)],
    finish: (nowMs) => [...targetsUntil(Number.POSITIVE_INFINITY), ...productsUntil(Number.POSITIVE_INFINITY, nowMs)],
  }
}

/** The half of `npm run evaluate:vision` about people: found in single frames, and followed as one track a visit. */
import sharp from 'sharp'
import { type VideoFrame, videoFrames } from '../../../devices/camera/video-file.ts'
import { openPersonDetector, type PersonDetector } from '../../../edge/inference/person-detector.ts'
import type { Picture } from '../../../edge/inference/picture.ts'
import type { FrameSeen } from '../../../edge/tracking/detection.ts'
import { nominalEye } from '../../../edge/tracking/nominal-camera.ts'
import { newTracking } from '../../../edge/tracking/state.ts'
import { seeded } from '../../../edge/tracking/testing.ts'
import { advance, type Moment, offer } from '../../../edge/tracking/tracking.ts'
import { readManifest, threshold } from '../../../models/networks/manifest.ts'
import { labelledEvery, personVideo, showsSomebody, visitCount, visitOf } from './person-video.ts'

export interface TrackRun {
  readonly what: string
  /** Ids that were shown; there were six people. */
  readonly tracks: number
  /** Visits under one id that no other visit has. */
  readonly wholeVisits: number
  /** Of the looks while somebody was in view, those that showed a track. */
  readonly shownShare: number
}

export interface PersonScores {
  /** Labelled frames with somebody in which somebody is found, at the threshold of a store. */
  readonly persons: { readonly found: number; readonly of: number }
  /** Labelled frames with nobody in which somebody is found. */
  readonly empty: { readonly found: number; readonly of: number }
  readonly visits: number
  readonly runs: readonly TrackRun[]
}

/** Down to this score boxes help to go on with a track. */
const faintScore = 0.1
/** Every n-th frame of ten a second; the last two are slower than any store would be run. */
const strides = [1, 2, 3, 5, 10, 15]

interface Look {
  readonly frame: number
  readonly seen: FrameSeen
}

type Size = readonly [width: number, height: number]

export async function scorePersons(): Promise<PersonScores> {
  const sure = threshold(readManifest('person-detection'), 'score')
  const detector = await openPersonDetector(() => performance.now())
  const plain = await looksAt(detector, 1)
  const found = (looks: readonly Look[]) =>
    looks.filter(({ seen }) => seen.detections.some(({ score }) => score >= sure)).length
  const labelled = plain.filter(({ frame }) => frame % labelledEvery === 0)
  const [shown, empty] = [true, false].map((somebody) =>
    labelled.filter(({ frame }) => showsSomebody(frame) === somebody),
  ) as [Look[], Look[]]
  const random = seeded(1)
  const every = (stride: number, looks = plain) => looks.filter(({ frame }) => frame % stride === 0)
  const dropped = (share: number, looks: readonly Look[]) => looks.filter(() => random() >= share)
  return {
    persons: { found: found(shown), of: shown.length },
    empty: { found: found(empty), of: empty.length },
    visits: visitCount,
    runs: [
      ...strides.map((stride) => followed(`every ${stride}. frame`, every(stride))),
      followed('every 5. frame, mirrored', await looksAt(detector, 5, mirrored)),
      followed('every 5. frame, half the size', await looksAt(detector, 5, halved), [384, 216]),
      followed('every frame, 30 % dropped', dropped(0.3, plain)),
      followed('every 5. frame, 30 % dropped', dropped(0.3, every(5))),
      followed('every 10. frame, 30 % dropped', dropped(0.3, every(10))),
    ],
  }
}

/** What is found in every n-th frame of the video, or in what it is changed to. */
export async function looksAt(
  detector: PersonDetector,
  every: number,
  change: (frame: VideoFrame) => Picture | Promise<Picture> = pictureOf,
): Promise<Look[]> {
  const looks: Look[] = []
  for await (const frame of videoFrames(personVideo(), every)) {
    const { persons } = await detector.look(await change(frame), faintScore)
    const detections = persons.map((person) => ({ ...person, pose: null }))
    looks.push({ frame: frame.frame, seen: { camera: 'video', tsMs: frame.timeMs, detections } })
  }
  return looks
}

/** The tracks of the people found, and how they fit the visits. */
export function followed(what: string, looks: readonly Look[], size: Size = [768, 432]): TrackRun {
  const sureScore = threshold(readManifest('person-detection'), 'score')
  const scene = {
    eyes: new Map([['video', nominalEye('video', size)]]),
    floor: null,
    doors: [],
    sureScore,
    prefix: 't',
  }
  const state = newTracking()
  const moments = looks.flatMap(({ seen }) => {
    offer(state, scene, seen)
    return advance(state, scene, seen.tsMs)
  })
  moments.push(...advance(state, scene, Number.POSITIVE_INFINITY))
  return { what, ...judged(moments, new Map(looks.map(({ frame, seen }) => [seen.tsMs, frame]))) }
}

function judged(moments: readonly Moment[], frameAt: ReadonlyMap<number, number>) {
  const ids = new Set<string>()
  const idsOf = new Map<number, Set<string>>()
  const counts = { inView: 0, shown: 0 }
  for (const { tsMs, targets } of moments) {
    const frame = frameAt.get(tsMs) ?? 0
    const visit = visitOf(frame)
    for (const { id } of targets) {
      ids.add(id)
      idsOf.set(visit ?? -1, (idsOf.get(visit ?? -1) ?? new Set()).add(id))
    }
    if (frame % labelledEvery !== 0 || !showsSomebody(frame)) continue
    counts.inView += 1
    counts.shown += targets.length > 0 ? 1 : 0
  }
  const visits = [...idsOf].filter(([visit]) => visit >= 0).map(([, names]) => [...names])
  const whole = visits.filter(
    ([id, ...more]) => more.length === 0 && visits.filter((names) => names.some((name) => name === id)).length === 1,
  )
  return { tracks: ids.size, wholeVisits: whole.length, shownShare: counts.shown / Math.max(counts.inView, 1) }
}

function pictureOf({ rgb, width, height }: VideoFrame): Picture {
  return { kind: 'rgb', bytes: rgb, width, height }
}

async function mirrored({ rgb, width, height }: VideoFrame): Promise<Picture> {
  const bytes = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .flop()
    .raw()
    .toBuffer()
  return { kind: 'rgb', bytes, width, height }
}

async function halved({ rgb, width, height }: VideoFrame): Promise<Picture> {
  const half = { width: width / 2, height: height / 2 }
  const bytes = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .resize(half.width, half.height, { fit: 'fill' })
    .raw()
    .toBuffer()
  return { kind: 'rgb', bytes, ...half }
}

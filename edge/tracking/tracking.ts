/**
 * From what several cameras see, each at its own times, to people on the floor under ids of their own. Two steps of
 * association as in ByteTrack (Y. Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every Detection Box", 2022),
 * on the floor in place of the picture. Pure: time comes with the frames, the state is plain data.
 */
import type { Target } from '../../models/contracts/messages.ts'
import { greet } from './arrival.ts'
import { associate } from './association.ts'
import type { FrameSeen } from './detection.ts'
import { jointsOf } from './joints.ts'
import { forgetLost, mergeDoubles } from './lifetime.ts'
import { settleMeetings } from './meetings.ts'
import { predicted } from './motion.ts'
import type { Scene, TrackingState } from './state.ts'
import type { Track } from './track.ts'

/** Everybody at one time, as `raw/targets` wants it. */
export interface Moment {
  readonly tsMs: number
  readonly targets: readonly Target[]
}

/**
 * Frames of one camera are looked at while those of others wait: as long as eight looks of 25 ms together take, and older
 * ones are dropped.
 */
export const holdMs = 200
/** At 40 looks a second, eight are taken in while one is held; more is a caller that never lets time go on. */
const mostWaiting = 100
/** Somebody whom another camera looks at meanwhile, or whom one look missed, is still there. */
const stillThereMs = 500
/** Looks of one moment: a head moves by 6 cm meanwhile. */
const sameMomentMs = 60
/** ByteTrack lets a track live from the second frame in a row on that has it. */
const leastHits = 2

/** Takes a frame in; what is too late, waits already, or is of a camera that is not known, is counted and dropped. */
export function offer(state: TrackingState, scene: Scene, frame: FrameSeen): void {
  const late = state.atMs !== null && frame.tsMs <= state.atMs
  const again = state.waiting.some(({ camera, tsMs }) => camera === frame.camera && tsMs === frame.tsMs)
  if (
    late ||
    again ||
    !scene.eyes.has(frame.camera) ||
    !Number.isFinite(frame.tsMs) ||
    state.waiting.length >= mostWaiting
  ) {
    state.counts.late += 1
    return
  }
  state.waiting.push(frame)
}

/** Goes on to a time: works through the frames that nothing older can precede any more, a moment for each of their times. */
export function advance(state: TrackingState, scene: Scene, nowMs: number): Moment[] {
  const due = state.waiting.filter(({ tsMs }) => tsMs <= nowMs - holdMs)
  state.waiting = state.waiting.filter(({ tsMs }) => tsMs > nowMs - holdMs)
  const times = [...new Set(due.map(({ tsMs }) => tsMs))].sort((a, b) => a - b)
  return times.map((tsMs) => {
    const frames = due.filter((frame) => frame.tsMs === tsMs)
    return step(
      state,
      scene,
      tsMs,
      frames.sort((a, b) => (a.camera < b.camera ? -1 : 1)),
    )
  })
}

function step(state: TrackingState, scene: Scene, tsMs: number, frames: readonly FrameSeen[]): Moment {
  const seconds = state.atMs === null ? 0 : (tsMs - state.atMs) / 1000
  for (const track of state.tracks) track.motion = predicted(track.motion, seconds)
  state.atMs = tsMs
  // Before they are looked for: nobody comes back after this time, however long nothing was looked at.
  forgetLost(state, scene, tsMs)
  for (const frame of frames) {
    const eye = scene.eyes.get(frame.camera)
    if (eye !== undefined) associate(state, scene, eye, frame)
  }
  settleMeetings(state, tsMs)
  mergeDoubles(state, tsMs)
  greet(state, scene, tsMs)
  return { tsMs, targets: state.tracks.filter((track) => isShown(track, tsMs)).map((track) => targetOf(track, tsMs)) }
}

function isShown({ known, hits, walked, lastSeenMs }: Track, tsMs: number): boolean {
  return known && hits >= leastHits && walked && tsMs - lastSeenMs <= stillThereMs
}

function targetOf({ id, motion, height, limbs, glimpses }: Track, tsMs: number): Target {
  const tops = Object.values(glimpses).flatMap((glimpse) =>
    glimpse.topMetres !== null && tsMs - glimpse.tsMs <= sameMomentMs ? [glimpse.topMetres] : [],
  )
  const top = tops.length === 0 ? null : tops.reduce((sum, each) => sum + each, 0) / tops.length
  return { id, ...jointsOf({ at: motion.at, covariance: motion.places, height, limbs }, tsMs, top) }
}

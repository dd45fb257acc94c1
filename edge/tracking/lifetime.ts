/** When a track ends, and which two are of one person. Pure. */
import { boxOf } from './body.ts'
import type { Box } from './detection.ts'
import { isAtDoor, isOnFloor } from './floor.ts'
import { inverse2, quadratic2, sum2 } from './matrix.ts'
import { goOnMeeting } from './meetings.ts'
import type { Eye } from './place.ts'
import type { Scene, TrackingState } from './state.ts'
import { distance, type Track } from './track.ts'

/** Who went out of the picture is gone after ByteTrack's 30 frames at 30 a second. */
const goneMs = 1000
/** Who vanished within it is hidden by somebody, or by a shelf, for as long as StrongSORT waits: 100 frames at 30 a second. */
export const hiddenMs = 3300
/** One look can miss somebody. */
const leastMisses = 2
/** No camera looked meanwhile: in that time somebody crosses a small shop, and any place would do. */
const longestMs = 10_000
/** Who was seen once was a reflection, unless seen again by the next look. */
const doubtfulMs = 2000
/** Whoever stays in a corner that no camera sees does not do so for longer, as a rule. */
const rememberedMs = 120_000
/** Of a supermarket's 400 shoppers one in eight; the latest. */
const mostLost = 50
/** Less of a body than this in the picture is not found. */
const leastInPicture = 0.5

/** Two people do not walk so near to each other for so long, each seen by other cameras only. */
const doubleMetres = 0.5
const doubleForMs = 1000
const doubleGate = 9.21

/** Ends the tracks of whom no camera sees any more; who was known, and not at a door, is remembered. */
export function forgetLost(state: TrackingState, scene: Scene, tsMs: number): void {
  const ended = state.tracks.filter((track) => !isLed(track, scene, tsMs))
  state.tracks = state.tracks.filter((track) => !ended.includes(track))
  // Where no door is known, who is lost may as well have left.
  const missed = scene.doors.length === 0 ? [] : ended.filter(({ known, walked }) => known && walked)
  state.lost = [...state.lost, ...missed]
    .filter((track) => tsMs - track.lastSeenMs <= (isOut(track, scene) ? hiddenMs : rememberedMs))
    .slice(-mostLost)
}

function isLed(track: Track, scene: Scene, tsMs: number): boolean {
  const unseenMs = tsMs - track.lastSeenMs
  if (unseenMs > longestMs) return false
  if (track.hits < 2) return track.misses === 0 && unseenMs <= doubtfulMs
  if (track.misses < leastMisses) return true
  return unseenMs <= (isInSight(track, scene.eyes) && !isOut(track, scene) ? hiddenMs : goneMs)
}

/** Went through a door, as far as can be told: a camera would have them in its picture, were there no wall. */
function isOut({ motion }: Track, scene: Scene): boolean {
  return isAtDoor(scene, motion.at) || !isOnFloor(scene.floor, motion.at)
}

/** Within the picture of some camera, both when last seen there and where they would be now. */
function isInSight(track: Track, eyes: Scene['eyes']): boolean {
  return [...eyes.values()].some((eye) => {
    const glimpse = track.glimpses[eye.id]
    if (glimpse !== undefined && glimpse.tsMs === track.lastSeenMs && glimpse.cut) return false
    const box = boxOf(eye.view, [track.motion.at[0], track.motion.at[1], track.height.mean])
    return box !== null && shareInPicture(eye, box) >= leastInPicture
  })
}

function shareInPicture({ image }: Eye, [x, y, width, height]: Box): number {
  const across = Math.min(x + width, image[0]) - Math.max(x, 0)
  const down = Math.min(y + height, image[1]) - Math.max(y, 0)
  return (Math.max(across, 0) * Math.max(down, 0)) / (width * height)
}

/**
 * Of two tracks at one place, of which no camera has seen both of late, the later one ends: two cameras whose places differ
 * began one each. Where one camera sees both they are two people.
 */
export function mergeDoubles(state: TrackingState, tsMs: number): void {
  const ended = new Set<Track>()
  for (const [index, older] of state.tracks.entries())
    for (const younger of state.tracks.slice(index + 1))
      if (!ended.has(older) && !ended.has(younger) && isDouble(older, younger, tsMs)) {
        ended.add(younger)
        Object.assign(older, joined(older, younger))
        goOnMeeting(state.meetings, younger, older)
      }
  if (ended.size > 0) state.tracks = state.tracks.filter((track) => !ended.has(track))
}

function isDouble(older: Track, younger: Track, tsMs: number): boolean {
  // Both came through a door, or were seen apart from everybody: one of them is hidden behind the other.
  if (older.known && younger.known && older.walked && younger.walked) return false
  if (distance(older.motion.at, younger.motion.at) > doubleMetres) return false
  if (tsMs - younger.bornMs < doubleForMs || tsMs - Math.min(older.lastSeenMs, younger.lastSeenMs) > doubleForMs)
    return false
  const cameras = Object.keys(older.glimpses).filter(
    (camera) => tsMs - (older.glimpses[camera]?.tsMs ?? 0) <= doubleForMs,
  )
  if (cameras.some((camera) => tsMs - (younger.glimpses[camera]?.tsMs ?? 0) <= doubleForMs)) return false
  const weight = inverse2(sum2(older.motion.places, younger.motion.places))
  const [dx, dy] = [older.motion.at[0] - younger.motion.at[0], older.motion.at[1] - younger.motion.at[1]]
  return weight !== null && quadratic2(weight, [dx, dy]) <= doubleGate
}

/** The older id goes on with what the cameras of both saw. */
function joined(older: Track, younger: Track): Partial<Track> {
  return {
    lastSeenMs: Math.max(older.lastSeenMs, younger.lastSeenMs),
    lastSureMs: Math.max(older.lastSureMs, younger.lastSureMs),
    walked: older.walked || younger.walked,
    known: older.known || younger.known,
    glimpses: latest(older.glimpses, younger.glimpses),
  }
}

function latest(a: Track['glimpses'], b: Track['glimpses']): Track['glimpses'] {
  const all = Object.entries(a).concat(Object.entries(b))
  return Object.fromEntries(all.sort(([, one], [, other]) => one.tsMs - other.tsMs))
}

/**
 * Who is surely somebody, and who they are: whoever comes in by a door is somebody new; whoever appears in the middle of the
 * shop must be seen longer, and is one of those who were lost there where one of them can be. Pure.
 */
import { isOtherClothes, wardrobesApart } from './clothes.ts'
import { isAtDoor, isOnFloor } from './floor.ts'
import { hiddenMs } from './lifetime.ts'
import { goOnMeeting } from './meetings.ts'
import type { Scene, TrackingState } from './state.ts'
import { areBeside, distance, type Track } from './track.ts'

/**
 * Away from the doors: a box of nobody comes once in 60 looks, and again in the same camera where it is a thing; a box of
 * somebody known that was placed wrong comes in one camera for a second. Two cameras for a second are neither.
 */
const leastAtDoor = 2
const leastSights = 4
const leastCameras = 2
const unknownMs = 1000
/**
 * Where one camera alone sees a place, or the others see something before it; beside somebody known such a box is a part of
 * them and of what stands there, as long as nobody moves.
 */
const aloneSights = 8
const aloneMs = 3000
/** Walking speed in a shop; and errors of both places. */
const metresPerSecond = 1.3
const jumpMetres = 0.8
/** The new track may have begun while the lost one was still led astray by others' boxes. */
const astrayMs = 2000
/** Somebody known whom so many looks in a row, and nobody for so long, have found is missing: one look can miss anybody. */
const leastMisses = 4
const missingMs = 500
/** Metres that weigh like one spread of clothes: where somebody is after some seconds says little. */
const spreadMetres = 1.5

/** Makes known who is. Those that were lost and are found again keep their id. */
export function greet(state: TrackingState, scene: Scene, tsMs: number): void {
  for (const track of state.tracks) {
    if (track.known) continue
    const before = likeliest(awaited(state, scene, track, tsMs), track, tsMs)
    // After a start nobody is known who is inside.
    const isAwaited = before !== null || !state.tracks.some((each) => each.known)
    if (!isSomebody(track, state, scene, tsMs, isAwaited)) continue
    track.known = true
    if (before === null) continue
    state.lost = state.lost.filter((each) => each !== before)
    state.tracks = state.tracks.filter((each) => each !== before)
    goOnAs(track, before)
    goOnMeeting(state.meetings, before, track)
  }
}

/** Who may appear there. At a door it is somebody new, unless somebody was lost within the shop just before. */
function awaited({ lost, tracks }: TrackingState, scene: Scene, track: Track, tsMs: number): Track[] {
  if (isAtDoor(scene, track.start))
    return lost.filter((each) => track.bornMs - each.lastSeenMs <= hiddenMs && isOnFloor(scene.floor, each.motion.at))
  return [...lost, ...tracks.filter((each) => isMissing(each, tsMs))]
}

/** `isAwaited`: somebody may be inside who is not known, or is missing and can be this one. */
function isSomebody(track: Track, { tracks }: TrackingState, scene: Scene, tsMs: number, isAwaited: boolean): boolean {
  if (scene.doors.length === 0) return true
  const sights = Object.values(track.evidence)
  const all = sights.reduce((sum, each) => sum + each, 0)
  if (isAtDoor(scene, track.start)) return all >= leastAtDoor
  const seenMs = tsMs - track.bornMs
  if (isAwaited && sights.length >= leastCameras) return all >= leastSights && seenMs >= unknownMs
  return all >= aloneSights && seenMs >= aloneMs && !tracks.some((each) => each.known && areBeside(each, track))
}

/** Who is looked for and not found, though nobody has given them up yet: whoever appears may be them rather than one more. */
function isMissing({ known, walked, misses, lastSeenMs }: Track, tsMs: number): boolean {
  return known && walked && misses >= leastMisses && tsMs - lastSeenMs >= missingMs
}

/** Who of the lost can have come from where they were lost to where the track began, in these clothes; null for nobody. */
function likeliest(lost: readonly Track[], track: Track, tsMs: number): Track | null {
  let best: { readonly before: Track; readonly cost: number } | null = null
  for (const before of lost) {
    const cost = costOfBeing(before, track, tsMs)
    if (cost !== null && (best === null || cost < best.cost)) best = { before, cost }
  }
  return best?.before ?? null
}

function costOfBeing(before: Track, track: Track, tsMs: number): number | null {
  const gapMs = track.bornMs - before.lastSeenMs
  if (gapMs < -astrayMs) return null
  const isAstray = gapMs < astrayMs
  const metres = distance(before.motion.at, isAstray ? track.motion.at : track.start)
  const walkMs = isAstray ? tsMs - before.lastSeenMs : gapMs
  if (metres > jumpMetres + (metresPerSecond * walkMs) / 1000) return null
  // Boxes of nobody are seldom clear. After that time they would be made somebody new.
  if (hasNoClothes(track) && !hasNoClothes(before) && tsMs - track.bornMs < aloneMs) return null
  const clothes = wardrobesApart(before.clothes, track.clothes)
  return isOtherClothes(clothes) ? null : clothes ** 2 + (metres / spreadMetres) ** 2
}

function hasNoClothes({ clothes }: Track): boolean {
  return Object.keys(clothes).length === 0
}

function goOnAs(track: Track, before: Track): void {
  track.id = before.id
  track.walked = true
  track.height = before.height
  for (const [camera, seen] of Object.entries(before.clothes)) track.clothes[camera] ??= seen
}

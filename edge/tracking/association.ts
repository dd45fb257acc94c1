/** Which detections of one frame are of whom. Pure. */
import { assign } from './assignment.ts'
import { type FrameSeen, sharedPart } from './detection.ts'
import { raysOf } from './joints.ts'
import { type Eye, isCut, standing } from './place.ts'
import { type Sighting, sightingsOf } from './sighting.ts'
import type { Scene, TrackingState } from './state.ts'
import { costOf, distance, type Glimpse, newTrack, see, type Track } from './track.ts'

/** ByteTrack's lower bound: boxes with less are noise everywhere. */
const faintScore = 0.1
/**
 * ByteTrack gives faint boxes only to tracks that were seen just before. Surely seen: a shelf looks faintly like somebody for
 * ever, and would keep whoever walked past it; whoever bends to a shelf looks so for some seconds.
 */
const faintForMs = 3000
/** A box of which so much lies within another one that is somebody's already shows a part of them. */
const partShare = 0.7
/** Nobody stands so near to another that the camera sees one of them only within the other's box, and is new. */
const sameBodyMetres = 0.6
/** At the peak of a supermarket 400 shoppers are inside; more are noise. */
const mostTracks = 500

/** Detections, each with its one or two stories, whom nobody has been found for yet. */
type Open = readonly (readonly Sighting[])[]
interface Match {
  readonly track: Track
  readonly sighting: Sighting
}

/** Sees whoever is in the frame, misses who should be, and begins tracks of new people. */
export function associate(state: TrackingState, scene: Scene, eye: Eye, frame: FrameSeen): void {
  const { sightings, elsewhere } = sightingsOf(eye, scene.floor, frame)
  state.counts.elsewhere += elsewhere
  const sure = sightings.filter((stories) => scoreOf(stories) >= scene.sureScore)
  const first = match(state.tracks, sure)
  const faint = sightings.filter(
    (stories) => scoreOf(stories) >= faintScore && !sure.includes(stories) && !isPart(stories, first),
  )
  const left = state.tracks.filter(
    (track) => isLately(track, frame.tsMs) && !first.some((pair) => pair.track === track),
  )
  const matches = [...first, ...match(left, faint)]
  for (const { track, sighting } of matches) {
    see(track, frame.tsMs, sighting)
    if (sighting.detection.score >= scene.sureScore) track.lastSureMs = frame.tsMs
    track.glimpses[eye.id] = glimpseOf(eye, sighting, frame.tsMs)
  }
  missOthers(state.tracks, matches, eye.id)
  for (const stories of sure)
    if (!matches.some(({ sighting }) => stories.includes(sighting)) && !isPart(stories, matches, sameBodyMetres))
      begin(state, scene, eye, frame.tsMs, stories)
}

function match(tracks: readonly Track[], open: Open): Match[] {
  const best = tracks.map((track) => open.map((stories) => cheapest(track, stories)))
  return assign(best.map((row) => row.map((found) => found?.cost ?? null))).flatMap(([row, column]) => {
    const [track, found] = [tracks[row], best[row]?.[column]]
    return track === undefined || found == null ? [] : [{ track, sighting: found.sighting }]
  })
}

function cheapest(track: Track, stories: readonly Sighting[]) {
  let best: { readonly sighting: Sighting; readonly cost: number } | null = null
  for (const sighting of stories) {
    const cost = costOf(track, sighting)
    if (cost !== null && (best === null || cost < best.cost)) best = { sighting, cost }
  }
  return best
}

function scoreOf([story]: readonly Sighting[]): number {
  return story?.detection.score ?? 0
}

function isLately({ hits, lastSureMs }: Track, tsMs: number): boolean {
  return hits > 1 && tsMs - lastSureMs <= faintForMs
}

/** A part of somebody who was found, and not somebody further off whom they hide. */
function isPart(
  [story]: readonly Sighting[],
  matches: readonly Match[],
  nearMetres = Number.POSITIVE_INFINITY,
): boolean {
  if (story === undefined) return false
  return matches.some(
    ({ track, sighting }) =>
      sharedPart(story.detection.box, sighting.detection.box) >= partShare &&
      distance(story.spot(standing).at, track.motion.at) <= nearMetres,
  )
}

function missOthers(tracks: readonly Track[], matches: readonly Match[], camera: string): void {
  for (const track of tracks)
    if (track.glimpses[camera] !== undefined && !matches.some((pair) => pair.track === track)) track.misses += 1
}

function begin(state: TrackingState, scene: Scene, eye: Eye, tsMs: number, [story]: readonly Sighting[]): void {
  if (story === undefined) return
  if (state.tracks.length >= mostTracks) {
    state.counts.refused += 1
    return
  }
  state.born += 1
  const track = newTrack(`${scene.prefix}${state.born}`, tsMs, story)
  track.glimpses[eye.id] = glimpseOf(eye, story, tsMs)
  state.tracks.push(track)
}

function glimpseOf(eye: Eye, { detection, height }: Sighting, tsMs: number): Glimpse {
  const { box, score } = detection
  const topMetres = height?.mean ?? null
  return { tsMs, box, cut: isCut(eye, box), score, rays: raysOf(eye, detection), topMetres }
}

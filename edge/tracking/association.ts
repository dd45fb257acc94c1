/** Which detections of one frame are of whom. Pure. */
import { assign } from './assignment.ts'
import { boxOf } from './body.ts'
import { type Detection, type FrameSeen, overlap, sharedPart } from './detection.ts'
import { noteClothes } from './meetings.ts'
import { type Eye, isCut, standing } from './place.ts'
import { type Sighting, sightingsOf } from './sighting.ts'
import type { Scene, TrackingState } from './state.ts'
import { areBeside, costOf, distance, type Glimpse, newTrack, see, type Track } from './track.ts'

/**
 * Boxes with less are of anything: in 1,819 looks into a rendered shop 6,900 boxes of 0.1 to 0.2 had nobody in them, 550 of
 * 0.2 to 0.3, 100 of 0.3 to 0.4, and 32 above. (ByteTrack's 0.1 is another network's.)
 */
const faintScore = 0.2
/** A faint box is a person's only where it is about as they must look there: half covered, or bent. */
const leastOverlap = 0.35
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

/**
 * What it costs to have missed somebody and to leave a box to nobody who is known, in the units of `costOf` (minus twice the log
 * likelihood, without 2 log 2π = 3.7): one look in four misses somebody (2.8), and a box that is nobody's comes some twice in
 * 100 m² (7.8) [reasoned]. Without it whoever stands beside somebody hidden would have to take what is left, and give their own
 * box away: ids wander through a group.
 */
const missedCost = 7

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
  const matches = matchAll(state.tracks, eye, frame.tsMs, sure, sightings)
  for (const { track, sighting } of matches) {
    see(track, frame.tsMs, eye, sighting)
    if (sighting.clear) noteClothes(state.meetings, track, eye.id, sighting.clothes)
    if (sighting.detection.score >= scene.sureScore) track.lastSureMs = frame.tsMs
    track.glimpses[eye.id] = glimpseOf(eye, sighting, frame.tsMs)
  }
  noteEvidence(state.tracks, matches, eye.id)
  missOthers(state.tracks, matches, eye.id)
  for (const stories of left(sure, matches))
    if (!isPart(stories, matches, sameBodyMetres)) begin(state, scene, eye, frame.tsMs, stories)
}

/** The known first, so that what is not sure takes nothing from them; then the others; then the known by faint boxes. */
function matchAll(tracks: readonly Track[], eye: Eye, tsMs: number, sure: Open, all: Open): Match[] {
  const known = tracks.filter((track) => track.known)
  const unknown = tracks.filter((track) => !track.known)
  const cost = (track: Track, sighting: Sighting) => costOf(track, eye.id, sighting)
  const first = match(known, sure, cost)
  const rest = left(sure, first).filter((stories) => !isPart(stories, first, sameBodyMetres))
  const second = match(unknown, rest, cost)
  const found = [...first, ...second]
  const faint = all.filter(
    (stories) => scoreOf(stories) >= faintScore && !sure.includes(stories) && !isPart(stories, found),
  )
  const missed = known.filter((track) => isLately(track, tsMs) && !found.some((pair) => pair.track === track))
  return [...found, ...match(missed, faint, (track, sighting) => faintCost(track, eye, sighting))]
}

function faintCost(track: Track, eye: Eye, sighting: Sighting): number | null {
  const { at } = track.motion
  const expected = boxOf(eye.view, [at[0], at[1], track.height.mean])
  if (expected === null || overlap(expected, sighting.detection.box) < leastOverlap) return null
  return costOf(track, eye.id, sighting)
}

type Cost = (track: Track, sighting: Sighting) => number | null

function match(tracks: readonly Track[], open: Open, cost: Cost): Match[] {
  const best = tracks.map((track) => open.map((stories) => cheapest(track, stories, cost)))
  const costs = best.map((row) => row.map((found) => found?.cost ?? null))
  return assign(costs, missedCost).flatMap(([row, column]) => {
    const [track, found] = [tracks[row], best[row]?.[column]]
    return track === undefined || found == null ? [] : [{ track, sighting: found.sighting }]
  })
}

function cheapest(track: Track, stories: readonly Sighting[], costOfOne: Cost) {
  let best: { readonly sighting: Sighting; readonly cost: number } | null = null
  for (const sighting of stories) {
    const cost = costOfOne(track, sighting)
    if (cost !== null && (best === null || cost < best.cost)) best = { sighting, cost }
  }
  return best
}

function left(open: Open, matches: readonly Match[]): Open {
  return open.filter((stories) => !matches.some(({ sighting }) => stories.includes(sighting)))
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

/** Who is not known was seen, unless somebody known beside them was not: then it may have been them. */
function noteEvidence(tracks: readonly Track[], matches: readonly Match[], camera: string): void {
  const found = new Set(matches.map(({ track }) => track))
  for (const track of found) {
    if (track.known) continue
    const beside = tracks.filter((each) => each.known && areBeside(each, track))
    if (beside.every((each) => found.has(each))) track.evidence[camera] = (track.evidence[camera] ?? 0) + 1
  }
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
  const track = newTrack(`${scene.prefix}${state.born}`, tsMs, eye.id, story)
  track.glimpses[eye.id] = glimpseOf(eye, story, tsMs)
  state.tracks.push(track)
}

function glimpseOf(eye: Eye, { detection, height }: Sighting, tsMs: number): Glimpse {
  const { box, score }: Detection = detection
  const topMetres = height?.mean ?? null
  return { tsMs, box, cut: isCut(eye, box), score, topMetres }
}

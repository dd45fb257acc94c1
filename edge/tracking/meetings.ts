/**
 * Who come so near to each other that places do not tell them apart are told by their clothes when they part, or when one of
 * them has gone: what was remembered of each before is held against what is seen of each since. Pure.
 */
import { followClothes, wardrobesApart } from './clothes.ts'
import type { Meeting, Party, TrackingState } from './state.ts'
import { distance, type Track } from './track.ts'

/** A body and a half: nearer, boxes are one behind the other, and places err by as much. */
const nearMetres = 0.8
/** A second of two cameras that look five times a second, without looks in which somebody else is in the way. */
const leastSights = 4
/** Whose clothes were not seen clearly for so long since are told no more. */
const longestMs = 5000
/**
 * Squared spreads of clothes by which the others must be likelier. In a rendered shop with up to 11 people those who were followed rightly
 * are 1.5 to 60 below those of the other, and those who were exchanged 2.4 to 18 above [measured].
 */
const leastGain = 5
/**
 * Whoever takes targets in takes ids that change hands nearer than this for a mistake, and puts them back (`sensing/swaps.ts`): it waits
 * until the two are further apart.
 */
const partMetres = 1.1

/** A sight of somebody that is theirs alone. */
export function noteClothes(
  meetings: readonly Meeting[],
  track: Track,
  camera: string,
  clothes: readonly number[] | null,
) {
  for (const { both } of meetings)
    for (const party of both) {
      if (party.track !== track || clothes === null) continue
      const sights = (party.sights[camera] ?? 0) + 1
      party.sights[camera] = sights
      followClothes(party.after, camera, clothes, 1 / sights)
    }
}

/** Begins and ends meetings; who turns out to be the other of two gets the other's id. */
export function settleMeetings(state: TrackingState, tsMs: number): void {
  const known = state.tracks.filter((track) => track.known)
  for (const [index, one] of known.entries())
    for (const other of known.slice(index + 1))
      if (distance(one.motion.at, other.motion.at) <= nearMetres) meet(state, one, other, tsMs)
  const open: Meeting[] = []
  for (const meeting of state.meetings) {
    const gain = exchangeGain(state, meeting)
    if (gain >= leastGain && haveParted(state, meeting)) exchange(state, meeting)
    else if (gain >= leastGain || (gain > -leastGain && tsMs - meeting.nearMs <= longestMs)) open.push(meeting)
  }
  state.meetings = open
}

/** From here on `after` is who `before` was. */
export function goOnMeeting(meetings: readonly Meeting[], before: Track, after: Track): void {
  for (const { both } of meetings) for (const party of both) if (party.track === before) party.track = after
}

function meet(state: TrackingState, one: Track, other: Track, tsMs: number): void {
  const met = state.meetings.find(({ both }) => [one, other].every((each) => both.some(({ track }) => track === each)))
  if (met === undefined) {
    state.meetings.push({ both: [partyOf(one), partyOf(other)], nearMs: tsMs })
    return
  }
  met.nearMs = tsMs
  for (const party of met.both) Object.assign(party, { after: {}, sights: {} })
}

function partyOf(track: Track): Party {
  return { track, before: { ...track.clothes }, after: {}, sights: {} }
}

/** How much better what was seen since fits if those who are still there are each the other; 0 while too little was seen. */
function exchangeGain({ tracks }: TrackingState, { both: [a, b] }: Meeting): number {
  let gain = 0
  for (const party of [a, b].filter(({ track }) => tracks.includes(track))) {
    const other = party === a ? b : a
    // Light differs from camera to camera: only what the same one saw of both is fair to both.
    const fair = Object.entries(party.after).filter(([camera]) => camera in a.before && camera in b.before)
    const sights = fair.reduce((sum, [camera]) => sum + (party.sights[camera] ?? 0), 0)
    if (sights < leastSights) return 0
    const after = Object.fromEntries(fair)
    gain += wardrobesApart(party.before, after) ** 2 - wardrobesApart(other.before, after) ** 2
  }
  return gain
}

function haveParted({ tracks }: TrackingState, { both: [a, b] }: Meeting): boolean {
  const areBothThere = tracks.includes(a.track) && tracks.includes(b.track)
  return !areBothThere || distance(a.track.motion.at, b.track.motion.at) > partMetres
}

/** Ids, and what belongs to the person who has it. */
function exchange(state: TrackingState, { both: [a, b] }: Meeting): void {
  const [one, other] = [a.track, b.track]
  const [ofOne, ofOther] = [
    { id: one.id, height: one.height, before: a.before },
    { id: other.id, height: other.height, before: b.before },
  ]
  Object.assign(one, { id: ofOther.id, height: ofOther.height, clothes: { ...a.after, ...ofOther.before } })
  Object.assign(other, { id: ofOne.id, height: ofOne.height, clothes: { ...b.after, ...ofOne.before } })
  for (const party of state.meetings.flatMap(({ both }) => both)) {
    if (party.track === one) party.before = ofOther.before
    else if (party.track === other) party.before = ofOne.before
  }
}

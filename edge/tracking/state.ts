/** What tracking knows from the start, and what it keeps. Pure; plain data. */
import type { Clothes } from './clothes.ts'
import type { FrameSeen } from './detection.ts'
import type { Floor } from './floor.ts'
import type { Eye } from './place.ts'
import type { Track } from './track.ts'

/** What does not change while tracking goes on. */
export interface Scene {
  readonly eyes: ReadonlyMap<string, Eye>
  /** Null: people can be anywhere. */
  readonly floor: Floor | null
  /** Where people come in and go out; none: they can do so anywhere. */
  readonly doors: readonly Floor[]
  /** The score from which on a detection alone is somebody; below, only where somebody is expected. */
  readonly sureScore: number
  /** Before the numbers of the ids, so that those of another run are others. */
  readonly prefix: string
}

export interface TrackingState {
  tracks: Track[]
  /** Known people whom no camera has seen for a while: who appears in the middle of the shop is one of them, if any. */
  lost: Track[]
  /** Of two known people each, who is to be told apart. */
  meetings: Meeting[]
  born: number
  /** The time of the tracks, milliseconds since the epoch; null before the first frame. */
  atMs: number | null
  /** Frames that wait for older ones of other cameras. */
  waiting: FrameSeen[]
  /** Frames not taken since newer ones had been, detections beyond the floor, births while there were too many tracks. */
  readonly counts: { late: number; elsewhere: number; refused: number }
}

/** Two who came so near to each other that it is to be told which of them is which. */
export interface Meeting {
  readonly both: readonly [Party, Party]
  /** When they were near to each other last. */
  nearMs: number
}

export interface Party {
  track: Track
  /** What was remembered of the clothes when they met. */
  before: Clothes
  /** What each camera saw of them since they parted, and how often. */
  after: Clothes
  sights: Record<string, number>
}

export function newTracking(): TrackingState {
  return {
    tracks: [],
    lost: [],
    meetings: [],
    born: 0,
    atMs: null,
    waiting: [],
    counts: { late: 0, elsewhere: 0, refused: 0 },
  }
}

/** Where pictures of all cameras wait to be looked at: the newest of each, and no other. In memory only. */
import type { Picture } from '../../edge/inference/picture.ts'

export interface CameraFrame {
  readonly camera: string
  /** When it was taken, milliseconds since the epoch. */
  readonly tsMs: number
  readonly picture: Picture
}

export interface DeskStats {
  readonly camera: string
  readonly frames: number
  /** Those that a newer one replaced before anybody took them. */
  readonly shed: number
  /** Of the newest frame; null before the first. */
  readonly latestMs: number | null
}

export interface FrameDesk {
  /** Lays down a frame; one that was not taken after the newest is let go. */
  put(frame: CameraFrame): void
  /** Called at each frame that can be taken. It must not throw; who is busy takes the newest when it is done. */
  onFrame(listener: (camera: string) => void): void
  /** The newest frame that was not taken yet: each is given once. */
  take(camera: string): CameraFrame | null
  /** The newest frame, taken or not, for a person who looks at the camera. */
  newest(camera: string): CameraFrame | null
  /** Of every camera that sent one. */
  stats(): DeskStats[]
}

interface Place {
  frame: CameraFrame
  taken: boolean
  frames: number
  shed: number
}

/** Bounded by the cameras of the store file, since nobody else's frames come here. */
export function createFrameDesk(): FrameDesk {
  const places = new Map<string, Place>()
  const listeners: ((camera: string) => void)[] = []
  return {
    put(frame) {
      const place = places.get(frame.camera)
      if (place === undefined) places.set(frame.camera, { frame, taken: false, frames: 1, shed: 0 })
      else if (!replace(place, frame)) return
      for (const listener of listeners) listener(frame.camera)
    },
    onFrame: (listener) => void listeners.push(listener),
    take(camera) {
      const place = places.get(camera)
      if (place === undefined || place.taken) return null
      place.taken = true
      return place.frame
    },
    newest: (camera) => places.get(camera)?.frame ?? null,
    stats: () =>
      [...places].map(([camera, { frame, frames, shed }]) => ({ camera, frames, shed, latestMs: frame.tsMs })),
  }
}

function replace(place: Place, frame: CameraFrame): boolean {
  place.frames += 1
  // A line that says a message twice says a picture twice.
  if (frame.tsMs <= place.frame.tsMs) {
    place.shed += 1
    return false
  }
  if (!place.taken) place.shed += 1
  place.frame = frame
  place.taken = false
  return true
}

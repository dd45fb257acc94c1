/** One camera's picture looked at: people, and how those stand who are at a shelf. */
import type { Inference } from '../../edge/inference/inference.ts'
import type { Detection, FrameSeen } from '../../edge/tracking/detection.ts'
import { type Eye, roughPlaces } from '../../edge/tracking/place.ts'
import { isAtShelf, type Plates } from '../../edge/tracking/shelves.ts'
import type { CameraFrame } from '../cameras/frame-desk.ts'

export interface LookOptions {
  readonly inference: Pick<Inference, 'look' | 'poses'>
  readonly plates: Plates
  /** From which score on a detection alone is somebody. */
  readonly sureScore: number
  readonly faintScore: number
}

export type Looked =
  | { readonly kind: 'looked'; readonly seen: FrameSeen; readonly crowd: 'nobody' | 'somebody' | 'at-shelf' }
  | { readonly kind: 'bad-picture' | 'no-network'; readonly why: string }

/** A pose costs a third of a look for people: more of them in one picture wait for the next one. */
const mostPoses = 4

/** Never rejects for what a picture holds; rejects when the thread ends. */
export async function lookAt(options: LookOptions, eye: Eye, { camera, tsMs, picture }: CameraFrame): Promise<Looked> {
  const found = await options.inference.look(picture, options.faintScore)
  if (found.kind !== 'seen') return found
  const { width, height } = found.size
  const [wantedWidth, wantedHeight] = eye.image
  if (width !== wantedWidth || height !== wantedHeight) {
    const why = `found ${width} x ${height} pixels, wanted ${wantedWidth} x ${wantedHeight}, for which it was calibrated`
    return { kind: 'bad-picture', why }
  }
  const sure = found.persons.filter(({ score }) => score >= options.sureScore)
  const atShelf = sure.filter(({ box }) => roughPlaces(eye, box).some((at) => isAtShelf(options.plates, at)))
  const crowd = atShelf.length > 0 ? 'at-shelf' : sure.length > 0 ? 'somebody' : 'nobody'
  const posed = atShelf.slice(0, mostPoses)
  const poses =
    posed.length === 0
      ? null
      : await options.inference.poses(
          picture,
          posed.map(({ box }) => box),
        )
  if (poses !== null && poses.kind !== 'posed') return poses
  const detections = found.persons.map((person): Detection => {
    const landmarks = poses?.poses[posed.indexOf(person)]?.landmarks ?? []
    return { ...person, pose: landmarks.length === 0 ? null : landmarks }
  })
  return { kind: 'looked', seen: { camera, tsMs, detections }, crowd }
}

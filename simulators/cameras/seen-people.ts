/** The truth about a picture: where each person is in it, and how much of them can be seen. */
import { type JointName, jointNames } from '../../models/contracts/messages.ts'
import type { Pixel } from '../../models/geometry/camera.ts'
import { cover, type Layer, layersOf, nothing, together } from './canvas.ts'
import type { Eye, Rect } from './eye.ts'
import type { Body } from './gait.ts'
import type { Sight } from './sight.ts'
import { minus } from './solid.ts'

export interface SeenPerson {
  readonly person: string
  /** Around all of them within the picture, hidden parts too: left, top, width, height in pixels. */
  readonly box: readonly [x: number, y: number, width: number, height: number]
  /** The share of their pixels that nothing hides. */
  readonly visible: number
  /** They reach beyond the edge of the picture. */
  readonly isCut: boolean
  /** From the camera to the neck, metres. */
  readonly distanceMetres: number
  /** Pixels; a joint behind the camera is left out. It may be hidden, or beyond the picture. */
  readonly joints: Readonly<Partial<Record<JointName, Pixel>>>
}

/** Somebody as they were drawn. */
export interface Figure {
  readonly name: string
  readonly body: Body
  readonly sights: readonly Sight[]
}

/** `figures` in the order in which they were drawn; `drawn` is what the first look met. */
export function seenPeople(figures: readonly Figure[], drawn: Layer, eye: Eye): SeenPerson[] {
  const [alone] = layersOf(eye)
  if (alone === undefined) return []
  let first = 0
  return figures.flatMap((figure) => {
    const from = first
    first += figure.sights.length
    const seen = seenPerson(figure, from, drawn, alone, eye)
    return seen === null ? [] : [seen]
  })
}

/** `from` is the index of the first of their sights among all that were drawn. */
function seenPerson(
  { name, body, sights }: Figure,
  from: number,
  drawn: Layer,
  alone: Layer,
  eye: Eye,
): SeenPerson | null {
  const rect = sights.reduce((all, sight) => together(all, sight.rect), nowhere)
  alone.depth.fill(Number.POSITIVE_INFINITY)
  alone.owner.fill(nothing)
  cover(alone, sights, eye, 0, rect)
  const whole = extentOf(alone, eye, rect, 0, sights.length)
  if (whole === null) return null
  const { left, top, right, bottom, pixels } = whole
  const { neck } = body.skeleton
  return {
    person: name,
    box: [left, top, right - left, bottom - top],
    visible: (extentOf(drawn, eye, rect, from, from + sights.length)?.pixels ?? 0) / pixels,
    isCut: left === 0 || top === 0 || right === eye.width || bottom === eye.height,
    distanceMetres: Math.hypot(...minus(neck, eye.camera.position)),
    joints: jointsOf(body, eye),
  }
}

const nowhere: Rect = { left: 0, top: 0, right: 0, bottom: 0 }

/** Where the owners from `first` on, `end` no longer, are. */
function extentOf(
  { owner }: Layer,
  { width }: Eye,
  within: Rect,
  first: number,
  end: number,
): (Rect & { readonly pixels: number }) | null {
  let [left, top, right, bottom, pixels] = [width, Number.POSITIVE_INFINITY, 0, 0, 0]
  for (let y = within.top; y < within.bottom; y++) {
    for (let x = within.left; x < within.right; x++) {
      const own = owner[y * width + x] ?? nothing
      if (own < first || own >= end) continue
      left = Math.min(left, x)
      right = Math.max(right, x + 1)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y + 1)
      pixels++
    }
  }
  return pixels === 0 ? null : { left, top, right, bottom, pixels }
}

function jointsOf({ skeleton }: Body, { view }: Eye): SeenPerson['joints'] {
  const joints: Partial<Record<JointName, Pixel>> = {}
  for (const name of jointNames) {
    const seen = view.project(skeleton[name])
    if (seen !== null) joints[name] = seen.pixel
  }
  return joints
}

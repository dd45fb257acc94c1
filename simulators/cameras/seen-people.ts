/** The truth about a picture: where each person is in it, and how much of them can be seen. */

import { type JointName, jointNames } from '../../models/contracts/messages.ts'
import type { Pixel } from '../../models/geometry/camera.ts'
import { minus } from '../../models/geometry/vector.ts'
import { aroundAll, copyDepth, cover, fillRect, type Layer, nothing } from './canvas.ts'
import type { Eye, Rect } from './eye.ts'
import type { Body } from './gait.ts'
import type { Sight } from './sight.ts'

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

/** `layer` is lent for the purpose; `behind` is what stands still. */
export function seenPeople(figures: readonly Figure[], layer: Layer, behind: Layer, eye: Eye): SeenPerson[] {
  const counts = visibleCounts(figures, layer, behind, eye)
  return figures.flatMap(({ name, body, sights }, i) => {
    const rect = aroundAll(sights)
    fillRect(layer.depth, eye, rect, Number.POSITIVE_INFINITY)
    cover(layer, sights, eye, 0, rect)
    const whole = extentOf(layer, eye, rect, 0, sights.length)
    fillRect(layer.owner, eye, rect, nothing)
    if (whole === null) return []
    const { left, top, right, bottom, pixels } = whole
    return [
      {
        person: name,
        box: [left, top, right - left, bottom - top] as const,
        visible: (counts[i] ?? 0) / pixels,
        isCut: left === 0 || top === 0 || right === eye.width || bottom === eye.height,
        distanceMetres: Math.hypot(...minus(body.skeleton.neck, eye.camera.position)),
        joints: jointsOf(body, eye),
      },
    ]
  })
}

/** How many pixels of each nothing hides. */
function visibleCounts(figures: readonly Figure[], layer: Layer, behind: Layer, eye: Eye): number[] {
  const all = figures.flatMap(({ sights }) => sights)
  const rect = aroundAll(all)
  copyDepth(behind, layer, eye, rect)
  cover(layer, all, eye, 0, rect)
  let first = 0
  const counts = figures.map(({ sights }) => {
    const from = first
    first += sights.length
    return extentOf(layer, eye, aroundAll(sights), from, first)?.pixels ?? 0
  })
  fillRect(layer.owner, eye, rect, nothing)
  return counts
}

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

/** A camera as the renderer needs it: which way each pixel looks, through the lens's distortion, several times a pixel. */
import { type CameraConfig, type CameraView, cameraView } from '../../models/geometry/camera.ts'
import type { Vector } from '../../models/geometry/vector.ts'

/** Where within a pixel it is looked through; rotated grid (the usual pattern of 4x multisampling). Pixels. */
export const samples: readonly (readonly [x: number, y: number])[] = [
  [-0.125, -0.375],
  [0.375, -0.125],
  [0.125, 0.375],
  [-0.375, 0.125],
]

export interface Eye {
  readonly camera: CameraConfig
  readonly view: CameraView
  readonly width: number
  readonly height: number
  /** For each sample and pixel: the direction in the store, of length 1 (x, y, z in turn). */
  readonly rays: readonly Float32Array[]
}

/** Takes about half a second: each pixel's ray is traced back through the lens. */
export function eyeOf(camera: CameraConfig): Eye {
  const [width, height] = camera.image
  const view = cameraView(camera)
  const middle = table(width, height, 0, 0, view)
  return { camera, view, width, height, rays: samples.map(([dx, dy]) => shifted(middle, width, height, dx, dy)) }
}

/** One pixel more to the right and below, so that every pixel has neighbours there. */
function table(width: number, height: number, dx: number, dy: number, { ray }: CameraView): Float32Array {
  const rays = new Float32Array((width + 1) * (height + 1) * 3)
  for (let y = 0; y <= height; y++) {
    for (let x = 0; x <= width; x++) rays.set(ray([x + dx, y + dy]), (y * (width + 1) + x) * 3)
  }
  return rays
}

/** The same looked through beside the pixels' middles; a lens is straight from one pixel to the next. */
function shifted(middle: Float32Array, width: number, height: number, dx: number, dy: number): Float32Array {
  const rays = new Float32Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let axis = 0; axis < 3; axis++) {
        const at = (y * (width + 1) + x) * 3 + axis
        const here = middle[at] ?? 0
        const right = (middle[at + 3] ?? 0) - here
        const below = (middle[at + (width + 1) * 3] ?? 0) - here
        rays[(y * width + x) * 3 + axis] = here + dx * right + dy * below
      }
    }
  }
  return rays
}

/** Part of a picture, in whole pixels; `right` and `bottom` no longer belong to it. */
export interface Rect {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** A bent lens lets an edge bulge beyond its corners by some of its length; and a sample looks beside the middle. */
const bulge = 0.025
const margin = 1

/** The part of the picture in which the points, and what lies between them, can be seen; all of it where that is not sure. */
export function rectAround(points: readonly Vector[], { view, width, height }: Eye): Rect {
  let left = Number.POSITIVE_INFINITY
  let top = Number.POSITIVE_INFINITY
  let right = Number.NEGATIVE_INFINITY
  let bottom = Number.NEGATIVE_INFINITY
  for (const point of points) {
    const seen = view.project(point)
    if (seen === null) return { left: 0, top: 0, right: width, bottom: height }
    left = Math.min(left, seen.pixel[0])
    right = Math.max(right, seen.pixel[0])
    top = Math.min(top, seen.pixel[1])
    bottom = Math.max(bottom, seen.pixel[1])
  }
  const spare = margin + bulge * Math.max(right - left, bottom - top)
  return {
    left: Math.max(0, Math.floor(left - spare)),
    top: Math.max(0, Math.floor(top - spare)),
    right: Math.min(width, Math.ceil(right + spare) + 1),
    bottom: Math.min(height, Math.ceil(bottom + spare) + 1),
  }
}

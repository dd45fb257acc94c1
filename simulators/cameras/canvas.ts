/** Which solid each look through a pixel meets first, and the light that comes to the pixel from all its looks. */
import { type Eye, type Rect, samples } from './eye.ts'
import { type Lighting, shade } from './lighting.ts'
import type { Sight } from './sight.ts'
import type { Light } from './solid.ts'

export const nothing = -1

/** What one look through every pixel meets. */
export interface Layer {
  /** Metres along the ray. */
  readonly depth: Float32Array
  /** Index of the sight, or `nothing`: as it is again whenever a picture is done. */
  readonly owner: Int32Array
}

/** A layer for each look through a pixel, with nothing before it. */
export function layersOf({ width, height }: Eye): Layer[] {
  return samples.map(() => ({
    depth: new Float32Array(width * height).fill(Number.POSITIVE_INFINITY),
    owner: new Int32Array(width * height).fill(nothing),
  }))
}

/** Lets each sight take the pixels where it is nearer than what is there. */
export function cover(layer: Layer, sights: readonly Sight[], eye: Eye, sample: number, within: Rect): void {
  const rays = eye.rays[sample] ?? noRays
  for (const [index, sight] of sights.entries()) {
    const part = overlap(sight.rect, within)
    for (let y = part.top; y < part.bottom; y++)
      coverRow(layer, sight, rays, y * eye.width + part.left, y * eye.width + part.right, index)
  }
}

const noRays = new Float32Array()

function coverRow(
  { depth, owner }: Layer,
  sight: Sight,
  rays: Float32Array,
  from: number,
  to: number,
  index: number,
): void {
  for (let at = from; at < to; at++) {
    const far = sight.depth(rays[at * 3] ?? 0, rays[at * 3 + 1] ?? 0, rays[at * 3 + 2] ?? 0)
    if (far < (depth[at] ?? 0)) {
      depth[at] = far
      owner[at] = index
    }
  }
}

/** What was covered, ready to become light. */
export interface Drawing {
  readonly eye: Eye
  readonly lighting: Lighting
  readonly layers: readonly Layer[]
  /** By look: the same solids at the same index, maybe a little further on. */
  readonly sights: readonly (readonly Sight[])[]
}

/**
 * Puts the light of what the looks meet into the picture; where one of them meets nothing, what was there before stays with
 * its share. Afterwards they meet nothing.
 */
export function gather(light: Float32Array, drawing: Drawing, within: Rect): void {
  const { eye, layers } = drawing
  const met = new Float64Array(3)
  const sum = new Float64Array(3)
  for (let y = within.top; y < within.bottom; y++) {
    for (let at = y * eye.width + within.left; at < y * eye.width + within.right; at++) {
      const share = collect(drawing, at, sum, met)
      if (share === 0) continue
      for (const { owner } of layers) owner[at] = nothing
      for (let i = 0; i < 3; i++) light[at * 3 + i] = (light[at * 3 + i] ?? 0) * (1 - share) + (sum[i] ?? 0)
    }
  }
}

/** The share of the looks that meet something; what they see goes into `sum`. Looks that meet the same solid see the same. */
function collect({ layers, sights, eye, lighting }: Drawing, at: number, sum: Light, met: Light): number {
  const each = 1 / layers.length
  let share = 0
  let last = nothing
  for (let look = 0; look < layers.length; look++) {
    const layer = layers[look]
    const owner = layer?.owner[at] ?? nothing
    if (layer === undefined || owner === nothing) continue
    const sight = sights[look]?.[owner]
    if (sight === undefined) continue
    if (share === 0) sum.fill(0)
    if (owner !== last) {
      const rays = eye.rays[look] ?? noRays
      shade(met, sight, rays[at * 3] ?? 0, rays[at * 3 + 1] ?? 0, rays[at * 3 + 2] ?? 0, layer.depth[at] ?? 0, lighting)
      last = owner
    }
    share += each
    for (let i = 0; i < 3; i++) sum[i] = (sum[i] ?? 0) + (met[i] ?? 0) * each
  }
  return share
}

export function overlap(a: Rect, b: Rect): Rect {
  return {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  }
}

export function isSeen({ left, top, right, bottom }: Rect): boolean {
  return left < right && top < bottom
}

/** The smallest part that holds both; one that holds nothing counts for nothing. */
export function together(a: Rect, b: Rect): Rect {
  if (!isSeen(a)) return b
  if (!isSeen(b)) return a
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  }
}

const nowhere: Rect = { left: 0, top: 0, right: 0, bottom: 0 }

/** The part of the picture in which any of them can be. */
export function aroundAll(sights: readonly Sight[]): Rect {
  return sights.reduce((all, { rect }) => together(all, rect), nowhere)
}

export function fillRect(values: Float32Array | Int32Array, { width }: Eye, rect: Rect, value: number): void {
  for (let y = rect.top; y < rect.bottom; y++) values.fill(value, y * width + rect.left, y * width + rect.right)
}

/** What is drawn over a part from now on is hidden by what is there. */
export function copyDepth(from: Layer | undefined, to: Layer, { width }: Eye, rect: Rect): void {
  if (from === undefined) return
  for (let y = rect.top; y < rect.bottom; y++) {
    const start = y * width + rect.left
    to.depth.set(from.depth.subarray(start, y * width + rect.right), start)
  }
}

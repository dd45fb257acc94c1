/** What stands still before a camera: drawn once, and anew only where a package was taken or laid. */
import { cover, gather, isSeen, type Layer, layersOf, nothing, overlap, together } from './canvas.ts'
import type { Eye, Rect } from './eye.ts'
import type { Lighting } from './lighting.ts'
import { type Sight, sightOf } from './sight.ts'
import type { Solid } from './solid.ts'

const nowhere: Rect = { left: 0, top: 0, right: 0, bottom: 0 }

export class Backdrop<Key> {
  /** Light by pixel (red, green, blue), and where each look through a pixel ends. */
  readonly light: Float32Array
  readonly layers: readonly Layer[]
  private readonly eye: Eye
  private readonly lighting: Lighting
  private readonly scenery: readonly Sight[]
  private readonly goods = new Map<Key, readonly Sight[]>()
  /** Parts of the picture that are no longer true. */
  private stale: readonly Rect[]

  constructor(eye: Eye, scenery: readonly Solid[], lighting: Lighting) {
    this.eye = eye
    this.lighting = lighting
    this.scenery = scenery.map((solid) => sightOf(solid, eye))
    this.light = new Float32Array(eye.width * eye.height * 3)
    this.layers = layersOf(eye)
    this.stale = [{ left: 0, top: 0, right: eye.width, bottom: eye.height }]
  }

  /** Puts something where it is from now on; away with it where there are no solids. */
  put(key: Key, solids: readonly Solid[]): void {
    const before = this.goods.get(key) ?? []
    const after = solids.map((solid) => sightOf(solid, this.eye)).filter(({ rect }) => isSeen(rect))
    if (after.length === 0) this.goods.delete(key)
    else this.goods.set(key, after)
    const changed = [...before, ...after].reduce((rect, sight) => together(rect, sight.rect), nowhere)
    if (isSeen(changed)) this.stale = [...this.stale, changed]
  }

  /** Draws what is no longer true anew. */
  refresh(): void {
    for (const rect of this.stale) this.draw(rect)
    this.stale = []
  }

  private draw(within: Rect): void {
    const all = [...this.scenery, ...[...this.goods.values()].flat()]
    const sights = all.filter(({ rect }) => isSeen(overlap(rect, within)))
    for (const [look, layer] of this.layers.entries()) {
      fillRect(layer.depth, this.eye.width, within, Number.POSITIVE_INFINITY)
      fillRect(layer.owner, this.eye.width, within, nothing)
      cover(layer, sights, this.eye, look, within)
    }
    const byLook = this.layers.map(() => sights)
    gather(this.light, this.layers, byLook, this.eye, within, this.lighting)
  }
}

function fillRect(values: Float32Array | Int32Array, width: number, rect: Rect, value: number): void {
  for (let y = rect.top; y < rect.bottom; y++) values.fill(value, y * width + rect.left, y * width + rect.right)
}

/** What stands still before a camera: drawn once, and anew only where a package was taken or laid. */
import { aroundAll, cover, fillRect, gather, isSeen, type Layer, layersOf, overlap, together } from './canvas.ts'
import type { Eye, Rect } from './eye.ts'
import type { Lighting } from './lighting.ts'
import { type Sight, sightOf } from './sight.ts'
import type { Solid } from './solid.ts'

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
    const changed = aroundAll([...before, ...after])
    if (isSeen(changed)) this.stale = joined(this.stale, changed)
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
      fillRect(layer.depth, this.eye, within, Number.POSITIVE_INFINITY)
      cover(layer, sights, this.eye, look, within)
    }
    const { eye, lighting, layers } = this
    gather(this.light, { eye, lighting, layers, sights: layers.map(() => sights) }, within)
  }
}

/** With one part more; parts that overlap become one, so that nothing is drawn twice. */
function joined(parts: readonly Rect[], part: Rect): readonly Rect[] {
  const touching = parts.filter((other) => isSeen(overlap(other, part)))
  if (touching.length === 0) return [...parts, part]
  const rest = parts.filter((other) => !touching.includes(other))
  return joined(rest, touching.reduce(together, part))
}

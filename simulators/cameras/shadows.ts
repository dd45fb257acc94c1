/** The shade that a body throws on what stands still around it: less of the ceiling is seen there, and less of the key light. */
import type { Vec3 } from '../world/geometry.ts'
import type { Layer } from './canvas.ts'
import { isSeen } from './canvas.ts'
import { type Eye, rectAround } from './eye.ts'
import type { Body } from './gait.ts'
import type { Lighting } from './lighting.ts'

interface Blob {
  readonly at: Vec3
  readonly radius: number
}

/** How far from a body its shade is felt, metres; and how high up at the shelves. */
const reachMetres = 0.8
const heightMetres = 1.1
/** Shade is soft: it is worked out for blocks of so many pixels each way. */
const block = 2

/** Darkens the light of what stands still. The layer is one look's, through about the middle of each pixel. */
export function throwShadow(
  light: Float32Array,
  { depth }: Layer,
  rays: Float32Array,
  eye: Eye,
  body: Body,
  lighting: Lighting,
): void {
  const blobs = blobsOf(body)
  const [x, y] = body.pelvis
  const corners = [-reachMetres, reachMetres].flatMap((dx) =>
    [-reachMetres, reachMetres].flatMap((dy) => [0, heightMetres].map((z): Vec3 => [x + dx, y + dy, z])),
  )
  const rect = rectAround(corners, eye)
  if (!isSeen(rect)) return
  const [cx, cy, cz] = eye.camera.position
  for (let row = rect.top; row < rect.bottom; row += block) {
    for (let column = rect.left; column < rect.right; column += block) {
      const at = row * eye.width + column
      const far = depth[at] ?? 0
      const px = cx + far * (rays[at * 3] ?? 0)
      const py = cy + far * (rays[at * 3 + 1] ?? 0)
      if ((px - x) * (px - x) + (py - y) * (py - y) > reachMetres * reachMetres) continue
      const left = leftAt(px, py, cz + far * (rays[at * 3 + 2] ?? 0), blobs, lighting)
      if (left < 1) darken(light, eye, row, column, left)
    }
  }
}

function darken(light: Float32Array, { width, height }: Eye, top: number, left: number, factor: number): void {
  for (let y = top; y < Math.min(top + block, height); y++) {
    for (let at = (y * width + left) * 3; at < (y * width + Math.min(left + block, width)) * 3; at++)
      light[at] = (light[at] ?? 0) * factor
  }
}

function blobsOf({ skeleton, pelvis, legs, heightMetres: h }: Body): Blob[] {
  const chest: Vec3 = [skeleton.neck[0], skeleton.neck[1], skeleton.neck[2] - 0.12 * h]
  return [
    { at: legs.left.toe, radius: 0.05 },
    { at: legs.right.toe, radius: 0.05 },
    { at: legs.left.ankle, radius: 0.06 },
    { at: legs.right.ankle, radius: 0.06 },
    { at: legs.left.knee, radius: 0.08 },
    { at: legs.right.knee, radius: 0.08 },
    { at: pelvis, radius: 0.16 },
    { at: chest, radius: 0.18 },
  ]
}

/** Never all of it: light comes from everywhere. */
const darkest = 0.3

/** The share of light that is left: a ball hides its solid angle of the ceiling, and the key light behind it. */
function leftAt(px: number, py: number, pz: number, blobs: readonly Blob[], { key, keyShare }: Lighting): number {
  let sky = 1
  let straight = 1
  for (const { at, radius } of blobs) {
    const dx = at[0] - px
    const dy = at[1] - py
    const dz = at[2] - pz
    const squared = dx * dx + dy * dy + dz * dz
    if (squared > 1.8) continue
    const upwards = pz < 0.02 ? Math.max(0, dz) / Math.sqrt(squared) : 0.5
    sky -= (upwards * radius * radius) / Math.max(squared, radius * radius)
    const towards = dx * key[0] + dy * key[1] + dz * key[2]
    if (towards <= 0) continue
    const beside = Math.sqrt(Math.max(0, squared - towards * towards))
    const soft = 0.03 + 0.15 * towards
    straight = Math.min(straight, Math.max(0, Math.min(1, (beside - radius + soft) / (2 * soft))))
  }
  return Math.max(darkest, sky * (1 - keyShare) + Math.min(sky + 0.2, straight) * keyShare)
}

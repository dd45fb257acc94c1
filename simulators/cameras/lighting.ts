/** How the shop is lit: by bright panels all over its ceiling, by what its floor throws back, and a little from one side. */
import type { Vector } from '../../models/geometry/vector.ts'
import { Random } from '../random.ts'
import { smoothNoise } from './noise.ts'
import type { Sight } from './sight.ts'
import { type Light, unit } from './solid.ts'

export interface Lighting {
  /** Where the strongest light comes from, of length 1, and its share of all light from above. */
  readonly key: Vector
  readonly keyShare: number
  /** What comes from below, as a share of what comes from above. */
  readonly floorShare: number
}

export function lightingOf(seed: number): Lighting {
  const random = new Random(seed, 'lighting')
  const key = unit([random.range(-1, 1), random.range(-1, 1), 1.2])
  return { key, keyShare: random.range(0.35, 0.55), floorShare: random.range(0.2, 0.35) }
}

/** The light that comes from a ray's first surface, `depth` metres away, into `out`. */
export function shade(
  out: Light,
  sight: Sight,
  x: number,
  y: number,
  z: number,
  depth: number,
  lighting: Lighting,
): void {
  sight.locate(x, y, z, depth)
  sight.solid.paint(out, sight.px, sight.py, sight.pz)
  const { folds = 0 } = sight.solid
  const inner = innerShade(sight, x, y, depth)
  if (folds > 0) fold(sight, folds)
  const light = lightOn(sight, lighting) * inner
  for (let i = 0; i < 3; i++) out[i] = (out[i] ?? 0) * light
}

/** How much light a surface gets, 1 for a table under the middle of the ceiling. */
function lightOn({ nx, ny, nz }: Sight, { key, keyShare, floorShare }: Lighting): number {
  const sky = 0.5 + 0.5 * nz
  const ambient = sky + (1 - sky) * floorShare
  const straight = Math.max(0, nx * key[0] + ny * key[1] + nz * key[2])
  return ambient * (1 - keyShare) + keyShare * 1.25 * straight
}

/** Of two surfaces of a body that face each other neither sees much of the shop: an arm's inside, a leg's. */
const innermost = 0.45

function innerShade({ solid: { core }, eye, nx, ny }: Sight, x: number, y: number, depth: number): number {
  if (core === undefined) return 1
  const dx = eye.camera.position[0] + x * depth - core[0]
  const dy = eye.camera.position[1] + y * depth - core[1]
  const outward = (nx * dx + ny * dy) / Math.sqrt(dx * dx + dy * dy + 1e-6)
  return outward > 0.3 ? 1 : innermost + ((1 - innermost) * (outward + 1)) / 1.3
}

/** Folds of cloth are some centimetres wide. */
const foldMetres = 0.055
/** Shapes of unit size stand for a head or a pelvis. */
const foldsPerUnit = 2.2

/** Tilts the normal as folds do. They hang on the solid's own coordinates, so that they go along with it. */
function fold(sight: Sight, folds: number): void {
  const scale = sight.solid.shape.kind === 'ball' ? foldsPerUnit : 1 / foldMetres
  const a = folds * (smoothNoise(sight.px * scale, sight.py * scale * 0.6, sight.pz * scale) - 0.5)
  const b = folds * (smoothNoise(sight.px * scale + 31, sight.py * scale * 0.6, sight.pz * scale + 17) - 0.5)
  const nx = sight.nx + a - 0.2 * b
  const ny = sight.ny + 0.3 * a + b
  const nz = sight.nz + 0.6 * b
  const length = 1 / Math.sqrt(nx * nx + ny * ny + nz * nz)
  sight.nx = nx * length
  sight.ny = ny * length
  sight.nz = nz * length
}

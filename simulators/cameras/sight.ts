/** A solid as one camera sees it: how far along a ray its surface is, and how the surface lies there. */
import { dot, minus } from '../../models/geometry/vector.ts'
import { type Eye, type Rect, rectAround } from './eye.ts'
import { hullOf, type Solid } from './solid.ts'

export abstract class Sight {
  readonly solid: Solid
  readonly eye: Eye
  /** Where in the picture it can be. */
  readonly rect: Rect
  /** Rows of the solid's map, and the camera in the solid's coordinates. */
  protected readonly ux: number
  protected readonly uy: number
  protected readonly uz: number
  protected readonly vx: number
  protected readonly vy: number
  protected readonly vz: number
  protected readonly wx: number
  protected readonly wy: number
  protected readonly wz: number
  protected readonly ox: number
  protected readonly oy: number
  protected readonly oz: number
  /** A place in the solid's coordinates and the surface's normal there: where `locate` left them. */
  px = 0
  py = 0
  pz = 0
  nx = 0
  ny = 0
  nz = 0

  constructor(solid: Solid, eye: Eye) {
    this.solid = solid
    this.eye = eye
    this.rect = rectAround(hullOf(solid), eye)
    const [u, v, w] = solid.axes
    ;[this.ux, this.uy, this.uz] = u
    ;[this.vx, this.vy, this.vz] = v
    ;[this.wx, this.wy, this.wz] = w
    const from = minus(eye.camera.position, solid.at)
    this.ox = dot(u, from)
    this.oy = dot(v, from)
    this.oz = dot(w, from)
  }

  /** Metres along a ray of length 1 to where it enters; infinite where it does not, or begins inside. */
  abstract depth(x: number, y: number, z: number): number

  /** Puts the point `depth` metres along the ray into `p`, and the normal there, of length 1 in the store, into `n`. */
  locate(x: number, y: number, z: number, depth: number): void {
    this.px = this.ox + depth * (this.ux * x + this.uy * y + this.uz * z)
    this.py = this.oy + depth * (this.vx * x + this.vy * y + this.vz * z)
    this.pz = this.oz + depth * (this.wx * x + this.wy * y + this.wz * z)
    this.face()
    const a = this.ux * this.nx + this.vx * this.ny + this.wx * this.nz
    const b = this.uy * this.nx + this.vy * this.ny + this.wy * this.nz
    const c = this.uz * this.nx + this.vz * this.ny + this.wz * this.nz
    const length = 1 / Math.sqrt(a * a + b * b + c * c)
    this.nx = a * length
    this.ny = b * length
    this.nz = c * length
  }

  /** The normal at `p` in the solid's own coordinates, of any length. */
  protected abstract face(): void
}

export function sightOf(solid: Solid, eye: Eye): Sight {
  switch (solid.shape.kind) {
    case 'ball':
      return new BallSight(solid, eye)
    case 'box':
      return new BoxSight(solid, eye)
    case 'can':
      return new CanSight(solid, eye)
    case 'limb':
      return new LimbSight(solid, eye, solid.shape)
  }
}

const never = Number.POSITIVE_INFINITY

class BallSight extends Sight {
  depth(x: number, y: number, z: number): number {
    const dx = this.ux * x + this.uy * y + this.uz * z
    const dy = this.vx * x + this.vy * y + this.vz * z
    const dz = this.wx * x + this.wy * y + this.wz * z
    const a = dx * dx + dy * dy + dz * dz
    const b = dx * this.ox + dy * this.oy + dz * this.oz
    const c = this.ox * this.ox + this.oy * this.oy + this.oz * this.oz - 1
    const h = b * b - a * c
    if (h < 0) return never
    const t = (-b - Math.sqrt(h)) / a
    return t > 0 ? t : never
  }

  protected face(): void {
    this.nx = this.px
    this.ny = this.py
    this.nz = this.pz
  }
}

class BoxSight extends Sight {
  depth(x: number, y: number, z: number): number {
    const ix = 1 / (this.ux * x + this.uy * y + this.uz * z)
    const iy = 1 / (this.vx * x + this.vy * y + this.vz * z)
    const iz = 1 / (this.wx * x + this.wy * y + this.wz * z)
    const ax = Math.abs(ix)
    const ay = Math.abs(iy)
    const az = Math.abs(iz)
    const enter = Math.max(-this.ox * ix - ax, -this.oy * iy - ay, -this.oz * iz - az)
    const leave = Math.min(-this.ox * ix + ax, -this.oy * iy + ay, -this.oz * iz + az)
    return enter < leave && enter > 0 ? enter : never
  }

  protected face(): void {
    const ax = Math.abs(this.px)
    const ay = Math.abs(this.py)
    const az = Math.abs(this.pz)
    this.nx = ax >= ay && ax >= az ? this.px : 0
    this.ny = this.nx === 0 && ay >= az ? this.py : 0
    this.nz = this.nx === 0 && this.ny === 0 ? this.pz : 0
  }
}

class CanSight extends Sight {
  depth(x: number, y: number, z: number): number {
    const dx = this.ux * x + this.uy * y + this.uz * z
    const dy = this.vx * x + this.vy * y + this.vz * z
    const dz = this.wx * x + this.wy * y + this.wz * z
    const a = dx * dx + dz * dz
    const b = dx * this.ox + dz * this.oz
    const c = this.ox * this.ox + this.oz * this.oz - 1
    const h = b * b - a * c
    if (h < 0) return never
    const root = Math.sqrt(h)
    const enter = Math.max((-b - root) / a, -this.oy / dy - Math.abs(1 / dy))
    const leave = Math.min((-b + root) / a, -this.oy / dy + Math.abs(1 / dy))
    return enter < leave && enter > 0 ? enter : never
  }

  protected face(): void {
    const isEnd = Math.abs(this.py) > 0.999
    this.nx = isEnd ? 0 : this.px
    this.ny = isEnd ? this.py : 0
    this.nz = isEnd ? 0 : this.pz
  }
}

/**
 * The hull of two balls is what all balls between them cover, their radii going evenly from one to the other. A point p is on
 * the surface of the ball at share s where |p - s·axis|² = r(s)², and on the hull where that has no derivative by s: which
 * gives s as a linear function of p, and with it a quadratic for the ray.
 */
class LimbSight extends Sight {
  private readonly length: number
  private readonly r0: number
  private readonly r1: number
  /** Square of the length of the part of the axis between the circles in which the balls touch the cone. */
  private readonly span: number

  constructor(solid: Solid, eye: Eye, shape: Extract<Solid['shape'], { kind: 'limb' }>) {
    super(solid, eye)
    this.length = shape.length
    this.r0 = shape.fromRadius
    this.r1 = shape.toRadius
    this.span = this.length ** 2 - (this.r0 - this.r1) ** 2
  }

  depth(x: number, y: number, z: number): number {
    const dx = this.ux * x + this.uy * y + this.uz * z
    const dy = this.vx * x + this.vy * y + this.vz * z
    const dz = this.wx * x + this.wy * y + this.wz * z
    const dd = dx * dx + dy * dy + dz * dz
    const od = this.ox * dx + this.oy * dy + this.oz * dz
    const oo = this.ox * this.ox + this.oy * this.oy + this.oz * this.oz
    const slope = (this.r0 - this.r1) * this.r0
    const s0 = this.length * this.oy - slope
    const s1 = this.length * dy
    // At the cone span·(|p|² - r0²) = (length·y - slope)².
    const a = this.span * dd - s1 * s1
    const b = this.span * od - s0 * s1
    const c = this.span * (oo - this.r0 * this.r0) - s0 * s0
    const h = b * b - a * c
    if (h < 0) return never
    const t = (-b - Math.sqrt(h)) / a
    const s = s0 + t * s1
    if (s >= 0 && s <= this.span) return t > 0 ? t : never
    return this.endDepth(dd, od, oo, dy, s < 0 ? 0 : this.length)
  }

  /** The ball at one end. */
  private endDepth(dd: number, od: number, oo: number, dy: number, at: number): number {
    const radius = at === 0 ? this.r0 : this.r1
    const b = od - at * dy
    const c = oo - 2 * at * this.oy + at * at - radius * radius
    const h = b * b - dd * c
    if (h < 0) return never
    const t = (-b - Math.sqrt(h)) / dd
    return t > 0 ? t : never
  }

  protected face(): void {
    const s = (this.length * this.py - (this.r0 - this.r1) * this.r0) / this.span
    const at = Math.min(1, Math.max(0, s)) * this.length
    this.nx = this.px
    this.ny = this.py - at
    this.nz = this.pz
  }
}

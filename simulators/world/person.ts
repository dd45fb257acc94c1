/** Somebody in the shop: a body, two hands, what they carry. */
import { Random } from '../random.ts'
import { Hand, Walk } from './body.ts'
import type { Vec2, Vec3 } from './geometry.ts'
import type { Package } from './packages.ts'
import type { Process } from './scheduler.ts'

export interface Beacon {
  readonly uuid: string
  readonly major: number
  readonly minor: number
}

export interface Identity {
  readonly name: string
  readonly staff: boolean
  /** Whose bill it is; null for somebody who just walked in. */
  readonly account: string | null
  /** What they show at a gate at a time; null: nothing. */
  readonly code: ((now: number) => string) | null
  readonly beacon: Beacon | null
}

export type Side = 'left' | 'right'
const sideSign = { left: 1, right: -1 } as const

/** Half the width in which people go through a door side by side, metres. */
const doorSpread = 0.2

/** Nobody comes and goes on exactly the same spot. */
export function beside([x, y]: Vec2, random: Random): Vec2 {
  return [x + random.range(-doorSpread, doorSpread), y + random.range(-doorSpread, doorSpread)]
}

export class Person {
  readonly identity: Identity
  readonly random: Random
  readonly heightMetres: number
  readonly metresPerSecond: number
  readonly walk: Walk
  readonly hands: Readonly<Record<Side, Hand>> = { left: new Hand(), right: new Hand() }
  readonly carried: Package[] = []
  /** What each hand holds; the rest of what is carried is in a bag. */
  readonly holding: Record<Side, readonly Package[]> = { left: [], right: [] }
  /** Where they stand or are about to stand at a shelf; others keep clear of it. */
  stand: Vec2 | null = null
  inside = false
  /** Goes up when they look different from before: another jacket. */
  looks = 0
  /** Where each is when left alone, as functions that hands can be given. */
  readonly poses: Readonly<Record<Side, (name: 'rest' | 'carry', time: number) => Vec3>>

  constructor(identity: Identity, seed: number, at: Vec2, now: number) {
    this.identity = identity
    this.random = new Random(seed, `person/${identity.name}`)
    this.heightMetres = Math.min(1.95, Math.max(1.5, this.random.normal(1.72, 0.09)))
    this.metresPerSecond = this.random.range(0.85, 1.15)
    this.walk = new Walk(beside(at, this.random), now)
    this.poses = {
      left: (name, time) => this.pose('left', name, time),
      right: (name, time) => this.pose('right', name, time),
    }
  }

  wrist(side: Side, time: number): Vec3 {
    return this.hands[side].position(time, this.poses[side])
  }

  /** A hand that no act uses, the right one first. */
  freeHand(): Side | null {
    if (!this.hands.right.busy) return 'right'
    return this.hands.left.busy ? null : 'left'
  }

  /** A point given by metres ahead of, to the left of, and above the feet. */
  bodyPoint(ahead: number, left: number, above: number, time: number): Vec3 {
    const [x, y] = this.walk.position(time)
    const facing = this.walk.facing(time)
    const cos = Math.cos(facing)
    const sin = Math.sin(facing)
    return [x + cos * ahead - sin * left, y + sin * ahead + cos * left, above]
  }

  private pose(side: Side, name: 'rest' | 'carry', time: number): Vec3 {
    const h = this.heightMetres
    const sign = sideSign[side]
    if (name === 'carry') return this.bodyPoint(0.16 * h, sign * 0.09 * h, 0.62 * h, time)
    const swing = this.walk.isWalking(time) ? sign * 0.16 * Math.sin((time / 1000) * 2 * Math.PI * 0.95) : 0
    return this.bodyPoint(0.05 + swing, sign * 0.13 * h, 0.49 * h, time)
  }
}

/** Keeps others of the same person's acts from the hand while the process runs. */
export function* useHand(person: Person, side: Side, process: Process): Process {
  const hand = person.hands[side]
  hand.busy = true
  yield* process
  hand.busy = false
}

/** A carried package of the SKU, or the one taken last. */
export function fromBag(person: Person, sku: string | undefined): Package | undefined {
  return person.carried.findLast(({ product }) => sku === undefined || product.sku === sku)
}

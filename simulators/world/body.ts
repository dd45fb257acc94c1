/** Where a body and its hands are at any time: legs of a walk, and hand movements with minimum jerk. */
import { distance, minimumJerk, mix3, type Vec2, type Vec3 } from './geometry.ts'

interface Leg {
  readonly from: Vec2
  readonly to: Vec2
  readonly start: number
  readonly end: number
}

/** A full turn on the spot takes about two seconds; nobody turns more than half of it. */
const turnMs = 450

/** Position and facing of a body over time. */
export class Walk {
  private legs: readonly Leg[]
  private facingFrom = 0
  private facingTo = 0
  private turnStart = 0

  constructor(at: Vec2, now: number) {
    this.legs = [{ from: at, to: at, start: now, end: now }]
  }

  /** Starts along the points at once; returns when it arrives. */
  go(points: readonly Vec2[], now: number, metresPerSecond: number): number {
    let at = this.position(now)
    let start = now
    const legs: Leg[] = []
    for (const to of points) {
      const end = start + (1000 * distance(at, to)) / metresPerSecond
      legs.push({ from: at, to, start, end })
      at = to
      start = end
    }
    if (legs.length > 0) this.legs = legs
    return start
  }

  turn(towards: Vec2, now: number): void {
    const [x, y] = this.position(now)
    this.facingFrom = this.facing(now)
    this.facingTo = Math.atan2(towards[1] - y, towards[0] - x)
    this.turnStart = now
  }

  isWalking(time: number): boolean {
    const last = this.legs.at(-1)
    return last !== undefined && time < last.end && last.end > last.start
  }

  position(time: number): Vec2 {
    const leg = this.legAt(time)
    if (leg.end <= leg.start || time >= leg.end) return leg.to
    const share = Math.max(0, (time - leg.start) / (leg.end - leg.start))
    return [leg.from[0] + (leg.to[0] - leg.from[0]) * share, leg.from[1] + (leg.to[1] - leg.from[1]) * share]
  }

  /** Radians, counter-clockwise from x: along the way while walking, else as last turned. */
  facing(time: number): number {
    const leg = this.legAt(time)
    const walked = Math.atan2(leg.to[1] - leg.from[1], leg.to[0] - leg.from[0])
    if (time < leg.end && leg.end > leg.start) return walked
    if (this.turnStart < leg.end) return distance(leg.from, leg.to) > 0 ? walked : this.facingTo
    const difference = Math.atan2(Math.sin(this.facingTo - this.facingFrom), Math.cos(this.facingTo - this.facingFrom))
    return this.facingFrom + difference * minimumJerk((time - this.turnStart) / turnMs)
  }

  private legAt(time: number): Leg {
    const leg = this.legs.find(({ end }) => time < end) ?? this.legs.at(-1)
    if (leg === undefined) throw new Error('Walk: no leg; a walk has at least the place where it began')
    return leg
  }
}

/** A point in the shop, or a pose that goes along with the body. */
export type HandGoal = Vec3 | 'rest' | 'carry'

/** One hand: on its way from one goal to the next. `pose` says where the body's own poses are at a time. */
export class Hand {
  private from: HandGoal = 'rest'
  private to: HandGoal = 'rest'
  private start = 0
  private end = 0
  /** Taken by an act; another act must wait or use the other hand. */
  busy = false

  /** Starts for a goal at once; returns when it arrives. */
  go(goal: HandGoal, now: number, durationMs: number, pose: (name: 'rest' | 'carry', time: number) => Vec3): number {
    this.from = now < this.end ? this.position(now, pose) : this.to
    this.to = goal
    this.start = now
    this.end = now + durationMs
    return this.end
  }

  position(time: number, pose: (name: 'rest' | 'carry', time: number) => Vec3): Vec3 {
    const place = (goal: HandGoal): Vec3 => (typeof goal === 'string' ? pose(goal, time) : goal)
    if (time >= this.end) return place(this.to)
    return mix3(place(this.from), place(this.to), minimumJerk((time - this.start) / (this.end - this.start)))
  }

  /** The point that it works at, if any: what the body leans to. */
  reachingFor(time: number): Vec3 | null {
    if (typeof this.to !== 'string') return this.to
    return time < this.end && typeof this.from !== 'string' ? this.from : null
  }
}

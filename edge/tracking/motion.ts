/**
 * Where somebody is on the floor and how they move: a Kalman filter of nearly constant velocity (Bar-Shalom, Li and Kirubarajan,
 * "Estimation with Applications to Tracking and Navigation", 2001, section 6.2.2). Pure; metres and seconds.
 */
import { inverse2, type Pair, type Symmetric2 } from './matrix.ts'

/** The covariance has blocks of two: of places, of velocities, and `cross` between them (rows: place, columns: velocity). */
export interface Motion {
  readonly at: Pair
  readonly velocity: Pair
  readonly places: Symmetric2
  readonly cross: readonly [xx: number, xy: number, yx: number, yy: number]
  readonly velocities: Symmetric2
}

/** A place on the floor, and how sure. */
export interface Spot {
  readonly at: Pair
  readonly covariance: Symmetric2
}

/**
 * Density of the acceleration's noise, m²/s³: after a second somebody may be 1 m/s faster or slower, as people are who stop
 * at a shelf or start from it (walking speed 1.2 to 1.4 m/s, gained in about two steps).
 */
const accelerationNoise = 1
/** A way between two shelves takes some seconds; with the noise above speeds are 0.9 m/s and less, as people's are. */
const steadySeconds = 1.5
/** Of somebody of whom nothing is known yet: most walk slower than 1.4 m/s. */
const firstSpeed = 1

export function startMotion({ at, covariance }: Spot): Motion {
  const speeds = firstSpeed ** 2
  return { at, velocity: [0, 0], places: covariance, cross: [0, 0, 0, 0], velocities: [speeds, 0, speeds] }
}

/**
 * The same so many seconds later. Where nobody looked for a while they walk on, and ever less surely: the velocity forgets
 * itself (an Ornstein-Uhlenbeck process, as in Singer's model), so that whoever was lost is expected some steps further, not
 * across the shop.
 */
export function predicted({ at, velocity, places, cross, velocities }: Motion, seconds: number): Motion {
  const kept = Math.exp(-seconds / steadySeconds)
  const went = steadySeconds * (1 - kept)
  const { place, both, speed } = noiseOver(seconds, kept, went)
  const [cxx, cxy, cyx, cyy] = cross
  const [vxx, vxy, vyy] = velocities
  return {
    at: [at[0] + went * velocity[0], at[1] + went * velocity[1]],
    velocity: [kept * velocity[0], kept * velocity[1]],
    places: [
      places[0] + 2 * went * cxx + went ** 2 * vxx + place,
      places[1] + went * (cxy + cyx) + went ** 2 * vxy,
      places[2] + 2 * went * cyy + went ** 2 * vyy + place,
    ],
    cross: [
      kept * (cxx + went * vxx) + both,
      kept * (cxy + went * vxy),
      kept * (cyx + went * vxy),
      kept * (cyy + went * vyy) + both,
    ],
    velocities: [kept ** 2 * vxx + speed, kept ** 2 * vxy, kept ** 2 * vyy + speed],
  }
}

/** What the noise of the acceleration adds up to: of the place, the velocity, and both. */
function noiseOver(seconds: number, kept: number, went: number) {
  const speed = (accelerationNoise * steadySeconds * (1 - kept ** 2)) / 2
  const both = (accelerationNoise * went ** 2) / 2
  const place = accelerationNoise * steadySeconds ** 2 * (seconds - 2 * went + (steadySeconds * (1 - kept ** 2)) / 2)
  return { place: Math.max(place, 0), both, speed }
}

/** After seeing them at a spot. */
export function corrected(motion: Motion, { at, covariance }: Spot): Motion {
  const { places: a, cross: b, velocities: c } = motion
  const weight = inverse2([a[0] + covariance[0], a[1] + covariance[1], a[2] + covariance[2]])
  if (weight === null) return motion
  const [dx, dy] = [at[0] - motion.at[0], at[1] - motion.at[1]]
  const [wxx, wxy, wyy] = weight
  // Gains: of the place A W, of the velocity Bᵀ W, both two by two by rows.
  const place = [
    a[0] * wxx + a[1] * wxy,
    a[0] * wxy + a[1] * wyy,
    a[1] * wxx + a[2] * wxy,
    a[1] * wxy + a[2] * wyy,
  ] as const
  const speed = [
    b[0] * wxx + b[2] * wxy,
    b[0] * wxy + b[2] * wyy,
    b[1] * wxx + b[3] * wxy,
    b[1] * wxy + b[3] * wyy,
  ] as const
  return {
    at: [motion.at[0] + place[0] * dx + place[1] * dy, motion.at[1] + place[2] * dx + place[3] * dy],
    velocity: [motion.velocity[0] + speed[0] * dx + speed[1] * dy, motion.velocity[1] + speed[2] * dx + speed[3] * dy],
    places: [
      a[0] - place[0] * a[0] - place[1] * a[1],
      a[1] - place[0] * a[1] - place[1] * a[2],
      a[2] - place[2] * a[1] - place[3] * a[2],
    ],
    cross: [
      b[0] - place[0] * b[0] - place[1] * b[2],
      b[1] - place[0] * b[1] - place[1] * b[3],
      b[2] - place[2] * b[0] - place[3] * b[2],
      b[3] - place[2] * b[1] - place[3] * b[3],
    ],
    velocities: [
      c[0] - speed[0] * b[0] - speed[1] * b[2],
      c[1] - speed[0] * b[1] - speed[1] * b[3],
      c[2] - speed[2] * b[1] - speed[3] * b[3],
    ],
  }
}

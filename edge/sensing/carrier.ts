/**
 * How likely it is that a phone was carried along a walk, by what receivers heard of it.
 *
 * Received power falls with the logarithm of the distance. What is added to that: the phone's own power (unknown), the
 * gain of each receiver, shadows of shelves and bodies that stay the same in a place, and the noise of each packet. The
 * constants are those of a tag carried through a hall of 20 x 18 m with twelve receivers (CC0, Danis, Naskali, Cemgil,
 * Ersoy: Pervasive and Mobile Computing 81, 2022; four walks, 6,583 packets).
 */
import type { Position } from '../../models/contracts/units.ts'
import type { Hearing, Step } from './beacons.ts'

/** Received power at 1 m and the path loss exponent. */
const powerDbm = -61.9
const exponent = 1.4
/** Height of a phone in a pocket or a hand, metres. */
const phoneHeight = 1
const nearestMetres = 0.5
/** Variances in dB². Receivers' gains: SD 2.8 dB. Shadow: 9.5 of the 15 by which means over 2 s differ. Packets: 20.5. */
const gainVariance = 7.7
const shadowVariance = 9.5
const packetVariance = 20.5
/** Phones differ by some 6 dB (reasoned: chips send with -6 to +6 dBm, and pockets and hands take as much again). */
const phoneVariance = 36
/**
 * Shadows of places 0.65, 1.3, 2.0 and 2.6 m apart correlate by 0.47, 0.30, 0.19, 0.11 of the whole, packets included:
 * e times less each 1.2 m. In one place they last: after 16 s and more still 0.9.
 */
const shadowMetres = 1.2
/** Who stands still for a minute is in another shadow: others pass, bodies turn (reasoned). */
const shadowSeconds = 60
const secondsPerWindow = 2
/** Elsewhere in a shop is 5 m from a receiver, give or take what makes 3.5 dB (2 to 10 m). */
const elsewhereDbm = powerDbm - 10 * exponent * Math.log10(5)
const elsewhereVariance = 12

/** What one receiver heard, held against an explanation: sums of weights, weighted residuals and their squares. */
interface Tally {
  weight: number
  sum: number
  squares: number
}

interface Tallies {
  /** The phone went where they went. */
  readonly carried: Tally
  /** It lay somewhere all the time. */
  readonly lying: Tally
  /** It went elsewhere. */
  readonly roaming: Tally
}

/**
 * Log of: likelihood of what was heard if the phone was carried along this walk, over if it was not. Only windows in
 * which both are known count; 0 when there is none.
 */
export function carrierLogOdds(
  hearings: readonly Hearing[],
  receivers: Readonly<Record<string, Position>>,
  walk: readonly Step[],
): number {
  const heard = new Map<string, Tallies>()
  let spread = 0
  let last: Step | null = null
  let i = 0
  // A plain loop: every phone is held against everybody inside, each some thousand readings.
  for (const { window, rssi } of hearings) {
    while ((walk[i]?.window ?? Number.POSITIVE_INFINITY) < window) i++
    const step = walk[i]
    if (step?.window !== window) continue
    const fresh = freshness(last, step)
    last = step
    for (const id of Object.keys(rssi)) {
      const [position, reading] = [receivers[id], rssi[id]]
      if (position === undefined || reading === undefined) continue
      const tallies = heard.get(id) ?? newTallies()
      heard.set(id, tallies)
      spread += fresh * tally(tallies, fresh, reading[0] / reading[1], reading[1], expectedDbm(position, step))
    }
  }
  if (heard.size === 0) return 0
  const all = [...heard.values()]
  const carried = evidence(
    all.map((each) => each.carried),
    gainVariance,
  )
  const lying = evidence(
    all.map((each) => each.lying),
    gainVariance + elsewhereVariance,
  )
  const roaming =
    spread +
    evidence(
      all.map((each) => each.roaming),
      gainVariance,
    )
  return carried - logMean(lying, roaming)
}

/** How much of a new sample of the shadow a step brings: in a chain of correlation r, (1 - r) / (1 + r) of one. */
function freshness(last: Step | null, step: Step): number {
  if (last === null) return 1
  const metres = Math.hypot(step.x - last.x, step.y - last.y)
  const seconds = (step.window - last.window) * secondsPerWindow
  return Math.tanh((metres / shadowMetres + seconds / shadowSeconds) / 2)
}

function expectedDbm([x, y, z]: Position, step: Step): number {
  const squared = (step.x - x) ** 2 + (step.y - y) ** 2 + (phoneHeight - z) ** 2
  return powerDbm - 5 * exponent * Math.log10(Math.max(nearestMetres ** 2, squared))
}

function newTallies(): Tallies {
  const tally = () => ({ weight: 0, sum: 0, squares: 0 })
  return { carried: tally(), lying: tally(), roaming: tally() }
}

/** Adds a mean reading; gives the log of how much narrower a reading lies around a carried phone than a roaming one. */
function tally(tallies: Tallies, fresh: number, dbm: number, count: number, expected: number): number {
  const noise = packetVariance / count
  const variance = shadowVariance / fresh + noise
  const roaming = (shadowVariance + elsewhereVariance) / fresh + noise
  add(tallies.carried, 1 / variance, dbm - expected)
  add(tallies.lying, 1 / variance, dbm - elsewhereDbm)
  add(tallies.roaming, 1 / roaming, dbm - elsewhereDbm)
  return 0.5 * Math.log(variance / roaming)
}

function add(tally: Tally, weight: number, residual: number): void {
  tally.weight += weight
  tally.sum += weight * residual
  tally.squares += weight * residual * residual
}

/** Log likelihood of the residuals when each receiver has an unknown gain and the phone an unknown power (both normal). */
function evidence(tallies: readonly Tally[], variance: number): number {
  let [log, precision, sum, squares] = [0, 0, 0, 0]
  for (const tally of tallies) {
    const mean = tally.sum / tally.weight
    const known = 1 / (1 / tally.weight + variance)
    log += 0.5 * Math.log(known / tally.weight) - 0.5 * (tally.squares - tally.sum * mean)
    precision += known
    sum += known * mean
    squares += known * mean * mean
  }
  const total = precision + 1 / phoneVariance
  return log - 0.5 * Math.log(phoneVariance * total) - 0.5 * (squares - (sum * sum) / total)
}

function logMean(a: number, b: number): number {
  const most = Math.max(a, b)
  return most + Math.log((Math.exp(a - most) + Math.exp(b - most)) / 2)
}

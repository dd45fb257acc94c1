/**
 * What receivers heard of the phones of known accounts, in windows of two seconds. An account is known by its beacon's
 * identity alone, since addresses rotate; other phones, and receivers whose place is not known, are not listened to.
 */
import type { Account } from '../../models/contracts/recording.ts'
import type { Store } from '../../models/contracts/store.ts'
import { isOfEveryObject, type Position } from '../../models/contracts/units.ts'
import type { Advertisement } from '../events.ts'

/** Some four packets of each receiver (1.9 a second), in which somebody walks two or three metres at most. */
const windowMs = 2000
/** Five minutes: who carries a phone is clear by then, or will not be. */
export const mostWindows = 150
/** A phone that was not heard for so long has gone. */
const silentWindows = 60
/** Phones heard at once; as many as the largest shop has shoppers in its busiest hour (facts: 400 inside). */
const mostPhones = 500
/** Readings outside are a receiver's way to say that there is none (127, 0). */
const strongestDbm = -20
const weakestDbm = -110

/** What was heard of one phone in one window: of each receiver the sum of the readings in dBm and their number. */
export interface Hearing {
  readonly window: number
  readonly rssi: Record<string, [sum: number, count: number]>
}

/** Where somebody was in one window, metres: the mean of `count` looks. */
export interface Step {
  readonly window: number
  x: number
  y: number
  count: number
}

/** Plain data. */
export interface Beacons {
  /** By account, oldest first. */
  readonly heard: Record<string, Hearing[]>
  /** Where the receivers are that were heard of. */
  readonly receivers: Record<string, Position>
  /** By account that nobody has yet: who was last found to carry its phone, and since when; null for nobody surely. */
  readonly leads: Record<string, Lead>
}

interface Lead {
  readonly window: number
  readonly shopper: string | null
  readonly since: number
}

export function newBeacons(): Beacons {
  return { heard: {}, receivers: {}, leads: {} }
}

/** The account of a beacon; undefined when it is nobody's, or of two. */
export type BeaconOwners = ReadonlyMap<string, Account | undefined>

export function beaconOwners(accounts: readonly Account[]): BeaconOwners {
  const owners = new Map<string, Account | undefined>()
  for (const account of accounts) {
    // Phones are kept by account: that of one named so is not looked for.
    if (account.beacon === undefined || isOfEveryObject(account.id)) continue
    const key = keyOf(account.beacon)
    owners.set(key, owners.has(key) ? undefined : account)
  }
  return owners
}

export function receiverPositions({ devices }: Store): ReadonlyMap<string, Position> {
  return new Map(devices.flatMap((device) => (device.kind === 'receiver' ? [[device.id, device.position]] : [])))
}

/** Takes what one receiver heard at `ts`, by the tracker's clock. */
export function hear(
  beacons: Beacons,
  receiver: { readonly id: string; readonly position: Position },
  owners: BeaconOwners,
  advs: readonly Advertisement[],
  ts: number,
): void {
  const window = windowOf(ts)
  for (const { rssi, beacon } of advs) {
    const owner = beacon === undefined ? undefined : owners.get(keyOf(beacon))
    if (owner === undefined || rssi > strongestDbm || rssi < weakestDbm) continue
    const hearing = hearingAt(beacons, owner.id, window)
    if (hearing === null) continue
    const [sum, count] = hearing.rssi[receiver.id] ?? [0, 0]
    hearing.rssi[receiver.id] = [sum + rssi, count + 1]
    beacons.receivers[receiver.id] = receiver.position
  }
}

export function windowOf(ts: number): number {
  return Math.floor(ts / windowMs)
}

/** Notes where somebody was at `ts`. */
export function walkBy(walk: Step[], ts: number, x: number, y: number): void {
  const window = windowOf(ts)
  const last = walk.at(-1)
  if (last !== undefined && last.window >= window) {
    last.count++
    last.x += (x - last.x) / last.count
    last.y += (y - last.y) / last.count
    return
  }
  walk.push({ window, x, y, count: 1 })
  if (walk.length > mostWindows) walk.shift()
}

/** Forgets phones that are heard no more. */
export function forgetSilent({ heard, leads }: Beacons, now: number): void {
  const oldest = windowOf(now) - silentWindows
  for (const account of Object.keys(leads)) if (heard[account] === undefined) delete leads[account]
  for (const [account, hearings] of Object.entries(heard))
    if ((hearings.at(-1)?.window ?? 0) < oldest) delete heard[account]
}

/** Where to note what is heard in a window; null when there is no room for another phone. */
function hearingAt({ heard }: Beacons, account: string, window: number): Hearing | null {
  const known = heard[account]
  if (known === undefined && Object.keys(heard).length >= mostPhones) return null
  const hearings = known ?? []
  heard[account] = hearings
  const last = hearings.at(-1)
  if (last !== undefined && last.window >= window) return last
  const hearing = { window, rssi: {} }
  hearings.push(hearing)
  if (hearings.length > mostWindows) hearings.shift()
  return hearing
}

function keyOf({ uuid, major, minor }: NonNullable<Account['beacon']>): string {
  return `${uuid.toLowerCase()} ${major} ${minor}`
}

/** Who carries which phone: a weak tie between accounts and people, from what receivers heard and where people were. */
import type { Account } from '../../models/contracts/recording.ts'
import type { Observation } from '../observations.ts'
import type { Beacons, Step } from './beacons.ts'
import { windowOf } from './beacons.ts'
import { carrierLogOdds } from './carrier.ts'
import { compare } from './geometry.ts'
import { exchangedWalks, type Person } from './person.ts'

/** Share of account holders whose phone is not where they are: left in the trolley, with a companion, on a shelf (reasoned). */
const strayShare = 0.02
/** Of phones that nobody has been tied to, so many are asked when two people may have been exchanged. */
const mostUnheld = 4
/** A wrong tie bills the wrong account: 199 in 200, and for this long. */
const leastTieLogOdds = Math.log(199)
const leastTieMs = 10_000
/**
 * A minute of walking. After 40 s, in the hall of `carrier.ts`, when the one who carried the phone was not seen at all,
 * somebody else who walked the same way was taken for them in 18 of 126 stretches; after 80 s in none.
 */
const leastTieWindows = 30
const heardWindows = 5

/**
 * Log of: likelihood of what was heard of phones if two people were taken for each other since a time, over if not.
 * `people` are all who are inside.
 */
export function exchangeLogOdds(
  beacons: Beacons,
  people: readonly Person[],
  a: Person,
  b: Person,
  since: number,
): number {
  const [walkA, walkB] = exchangedWalks(a, b, since)
  const held = new Set(people.flatMap(({ account }) => account ?? []))
  const unheld = Object.keys(beacons.heard).filter((account) => !held.has(account))
  const ofThem = Object.keys(beacons.heard).filter((account) => (a.account === account) !== (b.account === account))
  const gain = (account: string, holders: readonly Person[], stray: number) => {
    const log = (walkOf: (person: Person) => readonly Step[]) =>
      logSum([Math.log(stray), ...holders.map((person) => oddsOf(beacons, account, walkOf(person)))])
    return log((person) => (person === a ? walkA : person === b ? walkB : person.walk)) - log(({ walk }) => walk)
  }
  const nameless = [a, b].filter(({ account }) => account === null)
  return [
    ...ofThem.map((account) =>
      gain(
        account,
        people.filter((person) => person.account === account),
        strayShare,
      ),
    ),
    ...(nameless.length === 0 ? [] : unheld.sort(compare).slice(0, mostUnheld)).map((account) =>
      gain(account, nameless, 1),
    ),
  ].reduce((sum, each) => sum + each, 0)
}

/** How much better a place fits a lost person's phone since they were lost than no place at all; 0 without a phone. */
export function foundLogOdds(beacons: Beacons, { account, walk, lastSeen }: Person, ts: number, x: number, y: number) {
  if (account === null || !Object.hasOwn(beacons.heard, account)) return 0
  const since = Math.max(windowOf(lastSeen) + 1, windowOf(ts) - 1)
  const here: Step[] = []
  for (let window = since; window <= windowOf(ts); window++) here.push({ window, x, y, count: 1 })
  const gain = oddsOf(beacons, account, [...walk, ...here]) - oddsOf(beacons, account, walk)
  return logSum([Math.log(strayShare), Math.log(1 - strayShare) + gain])
}

/**
 * Asks of the phone that was not asked of for longest which of `people` carries it; tells when that has been sure for a
 * while and it is one of those who may be named.
 */
export function tie(
  beacons: Beacons,
  people: readonly Person[],
  mayBeNamed: readonly Person[],
  accounts: ReadonlyMap<string, Account>,
  now: number,
): Observation[] {
  const held = new Set(people.flatMap(({ account }) => account ?? []))
  const window = windowOf(now)
  const [account] = Object.keys(beacons.heard)
    .filter((each) => !held.has(each) && (beacons.leads[each]?.window ?? 0) < window && isHeard(beacons, each, window))
    .sort((a, b) => (beacons.leads[a]?.window ?? 0) - (beacons.leads[b]?.window ?? 0) || compare(a, b))
  if (account === undefined) return []
  const shopper = carrier(beacons, account, people)?.shopper ?? null
  const before = beacons.leads[account]
  const since = before !== undefined && before.shopper === shopper ? before.since : now
  beacons.leads[account] = { window, shopper, since }
  const person = mayBeNamed.find((each) => each.shopper === shopper)
  if (person === undefined || now - since < leastTieMs) return []
  person.account = account
  const staff = accounts.get(account)?.staff ?? false
  person.staff = staff
  return [{ kind: 'identified', ts: now, shopper: person.shopper, account, staff }]
}

/** Of late: of a phone that has gone, nothing new is known. */
function isHeard({ heard }: Beacons, account: string, window: number): boolean {
  return (heard[account]?.at(-1)?.window ?? 0) >= window - heardWindows
}

/** The one without an account who carries a phone, when nobody else inside, nor nobody at all, is likely to. */
function carrier({ heard, receivers }: Beacons, account: string, people: readonly Person[]): Person | null {
  const odds = people.map(({ walk }) => carrierLogOdds(heard[account] ?? [], receivers, walk))
  const best = odds.indexOf(Math.max(...odds))
  const person = people[best]
  const rest = logSum([0, ...odds.filter((_, i) => i !== best)])
  if (person === undefined || (odds[best] ?? 0) - rest < leastTieLogOdds) return null
  return person.account === null && !person.staff && person.walk.length >= leastTieWindows ? person : null
}

function oddsOf({ heard, receivers }: Beacons, account: string, walk: readonly Step[]): number {
  return carrierLogOdds(heard[account] ?? [], receivers, walk)
}

function logSum(logs: readonly number[]): number {
  const most = Math.max(...logs)
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0))
}

/**
 * Changes in the same moment: a hand that was at two plates within half a second is one reach, whatever it did there, so
 * that what speaks for it is counted once. Without this two people who each take one thing side by side would each be
 * billed for both as likely as not.
 */

import type { Act } from './hypothesis.ts'
import type { Actor } from './options.ts'
import type { OpenChange } from './pictures.ts'

/** What was seen of a hand at one instant is half a second of frames (`hands.ts`). */
const oneReachMs = 500
/** Of several such changes so many are weighed together, the nearest in time. */
const mostTogether = 3

type Hands = OpenChange['hands']

/** What speaks for each holder; what speaks against them does so at each place. */
export function handsOf(actors: readonly Actor[]): Hands {
  const hands: Record<string, number> = {}
  for (const { holder, logOdds } of actors) {
    const most = Math.max(...logOdds)
    if (holder !== null && most > 0) hands[holder] = most
  }
  return hands
}

/** Other open changes about which a hand at this one may have been counted already, nearest first. */
export function sameMoment(open: Readonly<Record<string, OpenChange>>, id: string): string[] {
  const change = open[id]
  if (change === undefined) return []
  // A snapshot of a former version has no hands.
  const off = ({ ts }: OpenChange) => Math.abs(ts - change.ts)
  return Object.entries(open)
    .filter(
      ([other, one]) => other !== id && off(one) <= oneReachMs && Object.keys(one.hands ?? {}).some(isIn(change.hands)),
    )
    .sort(([a, x], [b, y]) => off(x) - off(y) || (a < b ? -1 : 1))
    .slice(0, mostTogether)
    .map(([other]) => other)
}

/** Log likelihood that is left over what was counted for both changes, given what was done at each. */
export function countedTwice(one: Hands, other: Hands, actsOfOne: readonly Act[], actsOfOther: readonly Act[]): number {
  const holders = (acts: readonly Act[]) => new Set(acts.flatMap(({ holder }) => holder ?? []))
  const others = holders(actsOfOther)
  let twice = 0
  for (const holder of holders(actsOfOne))
    if (others.has(holder)) twice += Math.min(one[holder] ?? 0, other[holder] ?? 0)
  return -twice
}

function isIn(hands: Hands): (holder: string) => boolean {
  return (holder) => holder in hands
}

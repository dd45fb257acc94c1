/**
 * Which scan let in whom a gate's sensor saw pass. Mostly there is one that waits. Where those of several accounts do, somebody
 * scanned and stayed outside, or is slow: that shows a moment later, by who else passes, and by how long each took.
 */

/** A scan that lets one person in. */
interface Scan {
  readonly ts: number
  readonly account: string
}

/** What a gate's sensor may say about this later than its reader. */
const clockMs = 500
/** Two who were let in pass within this of each other, as a rule. */
const nextPassesMs = 3000
/** Who scans is through the gate after this, and seldom has turned round, or takes any time up to the longest (reasoned). */
const meanWalkSeconds = 1.5
const slowShare = 0.03
const longestWalkSeconds = 20
const staysOutShare = 0.01
/** Somebody who passes behind another, a second (reasoned). */
const unscannedPerSecond = 0.005

/**
 * The scan by which the first of some passages came in; null: by none of them; undefined: that does not show yet.
 * Scans and passages of one gate, oldest first, of which none is known to belong to another.
 */
export function scanOf<T extends Scan>(
  scans: readonly T[],
  passages: readonly number[],
  now: number,
): T | null | undefined {
  const [first] = passages
  const before = scans.filter(({ ts }) => first !== undefined && ts <= first + clockMs)
  if (first === undefined || before.length === 0) return null
  if (before.every(({ account }) => account === before[0]?.account)) return before[0]
  if (passages.length < before.length && now < first + nextPassesMs) return undefined
  return likeliest(scans, passages, now)
}

/** The first passage's scan in the likeliest pairs, in which scans and passages come in one order. */
function likeliest<T extends Scan>(scans: readonly T[], passages: readonly number[], now: number): T | null {
  // By how many of the scans and of the passages, from the end: the best there is, and the scan of the first passage in it.
  let after = [0, ...passages].map((_, left) => ({ log: left * Math.log(unscannedPerSecond), scan: null as T | null }))
  for (const scan of [...scans].reverse()) {
    const stayedOut = Math.log(staysOutShare + (1 - staysOutShare) * isYetToPass((now - scan.ts) / 1000))
    const row = [{ log: (after[0]?.log ?? 0) + stayedOut, scan: null as T | null }]
    for (let left = 1; left <= passages.length; left++) {
      const passage = passages[passages.length - left] ?? now
      const [none, skipped, unscanned] = [after[left - 1], after[left], row[left - 1]]
      const ways = [
        { log: (none?.log ?? 0) + walkLogDensity((passage - scan.ts) / 1000), scan },
        { log: (skipped?.log ?? 0) + stayedOut, scan: skipped?.scan ?? null },
        { log: (unscanned?.log ?? 0) + Math.log(unscannedPerSecond), scan: null },
      ]
      row.push(ways.reduce((best, way) => (way.log > best.log ? way : best)))
    }
    after = row
  }
  return after.at(-1)?.scan ?? null
}

function walkLogDensity(seconds: number): number {
  if (seconds < -clockMs / 1000) return Number.NEGATIVE_INFINITY
  const usual = Math.exp(-Math.max(0, seconds) / meanWalkSeconds) / meanWalkSeconds
  return Math.log((1 - slowShare) * usual + slowShare / longestWalkSeconds)
}

function isYetToPass(seconds: number): number {
  const slow = Math.max(0, 1 - seconds / longestWalkSeconds)
  return (1 - slowShare) * Math.exp(-Math.max(0, seconds) / meanWalkSeconds) + slowShare * slow
}

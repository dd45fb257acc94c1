/** What cameras saw of a thing that was moved, as evidence beside its mass. */
import type { ProductSeen } from '../observations.ts'
import type { Act } from './hypothesis.ts'

/** A change that is not settled yet. */
export interface OpenChange {
  readonly ts: number
  readonly from: number
  readonly to: number
  readonly cells: readonly string[]
  /** One for each of the cells; below zero: it became lighter. */
  readonly grams: readonly number[]
  /** What speaks for the hands of each holder. */
  readonly hands: Readonly<Record<string, number>>
}

/** A picture comes at most so long before the scale has settled: a hand that rests may keep it busy for 8 s. */
const keptMs = 15_000
/** A busy shop has some ten picks in that time. */
const mostKept = 64
/** Clocks of cameras and shelves differ by this much at most once they are corrected. */
const clockMs = 500
/** One picture in 50 shows something else than what was moved: the other hand, somebody behind (S). */
const strayShare = 0.02

export function keepPicture(kept: readonly ProductSeen[], picture: ProductSeen): ProductSeen[] {
  return [...kept.filter(({ ts }) => ts > picture.ts - keptMs), picture].slice(-mostKept)
}

export function isAbout(picture: ProductSeen, change: OpenChange | undefined): boolean {
  if (change === undefined) return false
  const meets = picture.from <= change.to + clockMs && change.from <= picture.to + clockMs
  return meets && picture.cells.some((cell) => change.cells.includes(cell))
}

/** Log likelihood of a picture, given what was done; several things at once: whichever of them it shows. */
export function pictureLogLikelihood({ likelihoods, rest }: ProductSeen, acts: readonly Act[]): number {
  const known = Object.values(likelihoods)
  const total = known.reduce((sum, likelihood) => sum + likelihood, rest)
  const average = total / (known.length + 1)
  const of = (sku: string | null) => (sku === null ? rest : (likelihoods[sku] ?? rest))
  const shown = acts.length === 0 ? rest : acts.reduce((sum, { sku }) => sum + of(sku), 0) / acts.length
  return Math.log(Math.max((1 - strayShare) * shown + strayShare * average, Number.MIN_VALUE))
}

/** What an explanation of one part of a change is made of. */
import type { Candidate } from './candidates.ts'
import type { Catalogue } from './catalogue.ts'
import { type Explanation, roundedGrams, type Thing } from './hypothesis.ts'
import { nobodyLogOdds } from './likelihood.ts'
import type { Part, Weigh } from './parts.ts'

/** Somebody who may have done it. */
export interface Actor {
  /** Whose cart it concerns: a shopper, or `@account`; null: nobody who was seen. */
  readonly holder: string | null
  readonly staff: boolean
  /** For each cell of the change. */
  readonly logOdds: readonly number[]
  /** Their hand was still there when the plates had settled. */
  readonly stays?: boolean
}

/** What is the same for every part of a change. */
export interface Scene {
  readonly catalogue: Catalogue
  readonly weigh: Weigh
  readonly actors: readonly Actor[]
  /** Whoever else may hold what was put. */
  readonly owners: readonly string[]
}

/** An explanation of one part that is only spelled out when its likelihood is worth it. */
export interface Option {
  readonly logLikelihood: number
  readonly make: () => Pick<Explanation, 'acts' | 'places'>
  /** Who had a hand there, though no thing was moved. */
  readonly by?: string | null
}

/** Made by the thousand: a function in an object is given its name when the code runs, one that is handed over is not. */
export function option(logLikelihood: number, make: Option['make']): Option {
  return { logLikelihood, make }
}

/** A hand that came and went was there both times. */
export function oddsOf(actor: Actor, { index, until = index }: Part): number {
  return Math.min(actor.logOdds[index] ?? nobodyLogOdds, actor.logOdds[until] ?? nobodyLogOdds)
}

export function thingsOf(items: Candidate['items'], part: Part): Thing[] {
  return items.flatMap(({ sku, quantity, gramsEach }) =>
    Array.from({ length: quantity }, () => thing(sku, gramsEach, part, quantity * items.length)),
  )
}

/** One of several weighed together is known only to the spread between them. */
export function thing(sku: string | null, grams: number, part: Part, together: number): Thing {
  const sdGrams = together === 1 ? part.sdGrams : Math.hypot(part.sdGrams / together, 0.02 * grams)
  return { sku, grams: roundedGrams(grams), sdGrams: roundedGrams(sdGrams), cell: part.cell }
}

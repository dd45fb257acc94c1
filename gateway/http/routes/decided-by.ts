import type { DecidedBy } from '../../staff/decided-acts.ts'
import type { Parts } from './types.ts'

/** By what the journal says of the case. */
export function decidedByOf({ reviews, late }: Pick<Parts, 'reviews' | 'late'>): DecidedBy {
  return async ({ what, about }) => {
    const found = what === 'review-settled' ? await reviews.one(about) : await late.one(about)
    return found?.decision?.reviewer ?? null
  }
}

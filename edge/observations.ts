/**
 * What sensing hands to the engine, and what the journal keeps: few, small, and enough to rebuild every cart.
 * All times are event times, milliseconds since the Unix epoch.
 */
import type { LateOutcome } from '../models/contracts/late.ts'

export type Observation =
  | {
      readonly kind: 'entered'
      readonly ts: number
      /** Unique in the store for ever: the first target id, made unique when a tracker uses an id again. */
      readonly shopper: string
      readonly target: string
      readonly position: readonly [number, number]
      readonly staff: boolean
    }
  | { readonly kind: 'rejoined'; readonly ts: number; readonly shopper: string; readonly target: string }
  | {
      readonly kind: 'identified'
      readonly ts: number
      readonly shopper: string
      readonly account: string
      readonly staff: boolean
    }
  /** A hand was at the floor: something may have been left there. `busy`: both were, or for long, as of who ties a shoe. */
  | { readonly kind: 'stooped'; readonly ts: number; readonly shopper: string; readonly busy?: true }
  | ShelfChange
  | ProductSeen
  | Decided
  | SaidLate
  | LateSettled
  | { readonly kind: 'left'; readonly ts: number; readonly shopper: string }

/** A lasting change of weight on neighbouring cells of one shelf, and who could have made it. */
export interface ShelfChange {
  readonly kind: 'shelf-change'
  /** The instant of the steepest change. */
  readonly ts: number
  readonly from: number
  readonly to: number
  readonly shelf: string
  /**
   * Plates side by side that changed the same way, in order along the shelf; one that stood still in between, twice.
   * Where several people had a hand, all that the plates went through, be it things or hands.
   */
  readonly cells: readonly CellDelta[]
  /** One entry a shopper who could have reached; best first; shoppers left out could not. */
  readonly reach: readonly Reach[]
}

export interface CellDelta {
  readonly cell: string
  /** The instant of the steepest change of this plate. */
  readonly ts: number
  readonly deltaGrams: number
  readonly sdGrams: number
  /** How long the plate stood on the level that this led to, before it left it again. Absent: the level settled. */
  readonly heldMs?: number
  /** How much of it there was at `ts`, grams: what is lifted goes at once, a hand rarely. Absent: all that is known is the sum. */
  readonly stepGrams?: number
  /** What the plates beside felt of it, each too little to be a change of its own; absent: no more than crosstalk. */
  readonly besideGrams?: number
}

export interface Reach {
  readonly shopper: string
  /** For each of the cells, log of: likelihood of what was seen of this shopper if they did it, over if they did not. */
  readonly logOdds: readonly number[]
  /** A hand of theirs was still there when the plates had settled: what settled may be that hand. */
  readonly stays?: true
}

/** What a camera saw of a thing that was moved: how well the picture fits each SKU that it could be. */
export interface ProductSeen {
  readonly kind: 'product-seen'
  readonly ts: number
  /** The hand was at the shelf from … to. */
  readonly from: number
  readonly to: number
  /** The cells that it may be about. */
  readonly cells: readonly string[]
  /** Likelihood of the picture given the SKU, on any common scale above 0. */
  readonly likelihoods: Readonly<Record<string, number>>
  /** The same for every other SKU, and for no merchandise at all. */
  readonly rest: number
}

/** A person settled a bill that was in review. */
export interface Decided {
  readonly kind: 'decided'
  readonly ts: number
  readonly tripId: string
  /** What the shopper owes, one line a SKU. */
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[]
  readonly reviewer: string
}

/** A lasting change of a shelf that was said so late that it changes no cart: a person is told. */
export interface SaidLate {
  readonly kind: 'said-late'
  /** When it was said. */
  readonly ts: number
  readonly shelf: string
  /** As those of a `shelf-change`; where nobody knows when it was, their times only say what was how long after what. */
  readonly cells: readonly CellDelta[]
  /** When it happened; null: by a clock that cannot be believed. */
  readonly happened: { readonly from: number; readonly to: number } | null
  /** Shoppers who stood within reach then. */
  readonly near: readonly string[]
  /** Others may have, too: nobody looked, or nobody remembers. */
  readonly unseen: boolean
}

/** A person closed a case of what was said late; what it makes of bills is decided with those. */
export interface LateSettled {
  readonly kind: 'late-settled'
  readonly ts: number
  readonly lateCase: string
  readonly outcome: LateOutcome
  /** The bill that it is on, where it is on one. */
  readonly tripId: string | null
  readonly reviewer: string
}

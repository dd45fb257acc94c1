/** What people can do in the shop, and when. */
/** A part of a shelf, metres along it. */
export interface SlotPlace {
  readonly shelf: string
  readonly from: number
  readonly to: number
}

export type End = 'left' | 'right'

/** What an act is about; each field that is given narrows it. */
export interface Where {
  readonly sku?: string
  readonly shelf?: string
  readonly cell?: string
  readonly slot?: SlotPlace
  /** The outermost place on that side, in place of the nearest one. */
  readonly end?: End
}

export type Speed = 'quick' | 'slow'
export type Manner = 'one-by-one' | 'two-hands' | 'together'

/** Waits of an act: the way to the shelf is walked before, but for `after`. */
export interface Timing {
  /** Not before this time does the hand start, milliseconds since the epoch. */
  readonly at?: number
  /** Nothing begins before an act with this mark is done. */
  readonly after?: string
  /** The hand starts once so many people who meet by this name are in place. */
  readonly meet?: { readonly name: string; readonly people: number }
  /** How long the hand waits after all this. */
  readonly pauseMs?: number
  readonly mark?: string
  /** The tracker is silent meanwhile. */
  readonly unseen?: boolean
}

interface AtShelf {
  readonly where: Where
  /** Before what they stand, where that is not what they reach for. */
  readonly standAt?: SlotPlace
}

export type PutTarget =
  | 'home'
  | 'elsewhere'
  | { readonly cell: string }
  | { readonly slot: SlotPlace; readonly end?: End }

export type Act = Timing &
  (
    | (AtShelf & {
        readonly kind: 'take'
        readonly quantity: number
        readonly manner: Manner
        readonly speed: Speed
        /** What the other hand takes in the same second. */
        readonly also?: Where
        /** How long a package is held on its plate first, and how long it takes to come off. */
        readonly holdMs?: number
        readonly liftMs?: number
      })
    | { readonly kind: 'put-back'; readonly sku?: string; readonly to: PutTarget }
    | (AtShelf & { readonly kind: 'touch' })
    | (AtShelf & { readonly kind: 'hold'; readonly seconds: number })
    | { readonly kind: 'rest-hand'; readonly where: Where; readonly seconds: number }
    | (AtShelf & { readonly kind: 'look-at'; readonly seconds: number })
    | { readonly kind: 'hand-over'; readonly sku?: string; readonly to: string }
    | { readonly kind: 'drop'; readonly sku?: string }
    | { readonly kind: 'eat'; readonly sku?: string }
    | { readonly kind: 'wait'; readonly seconds: number }
    | { readonly kind: 'change-looks' }
    | { readonly kind: 'restock'; readonly where: Where; readonly quantity: number }
  )

export type ActOf<K extends Act['kind']> = Extract<Act, { kind: K }>

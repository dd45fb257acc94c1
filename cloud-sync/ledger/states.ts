/** Where the payment of a bill stands and what may happen to it: the one table, and what it leads to. Pure. */

/** `new` is a bill of which nothing is written down yet. */
const table = {
  new: { billed: 'due', 'billed-in-review': 'review', 'billed-nothing': 'nothing-due' },
  /** A person looks at it first; nothing is owed until then. */
  review: { billed: 'due', 'billed-nothing': 'nothing-due' },
  /** Nobody pays anything: an empty cart, staff, a trip of nobody. */
  'nothing-due': {},
  /** Owed, and asked for as soon as possible. */
  due: { attempted: 'paying', 'refunded-part': 'due', 'refunded-whole': 'refunded' },
  /** The provider was asked, or is about to be; its answer is outstanding. */
  paying: { authorised: 'authorised', captured: 'paid', declined: 'declined', refused: 'unpaid' },
  /** The provider holds the money for us; the capture is outstanding. */
  authorised: { captured: 'paid', declined: 'declined', refused: 'unpaid' },
  paid: {
    'refunded-part': 'paid',
    'refunded-whole': 'refunded',
    'refund-sent': 'paid',
    /** What was sent came back from the shopper's bank: it is owed to them again. */
    'refund-returned': 'paid',
    /** The store gave the money back without the provider. */
    'refund-paid-otherwise': 'paid',
  },
  /** Declined for now; tried again by itself. */
  declined: { attempted: 'paying', 'refunded-part': 'declined', 'refunded-whole': 'refunded' },
  /** Only the shopper can settle it: nothing more is tried by itself. */
  unpaid: {
    attempted: 'paying',
    'written-off': 'written-off',
    'refunded-part': 'unpaid',
    'refunded-whole': 'refunded',
  },
  /** Bad debt: no longer expected, still owed. */
  'written-off': { attempted: 'paying', 'refunded-part': 'written-off', 'refunded-whole': 'refunded' },
  /** All of it was given back, or waived before it was paid. */
  refunded: { 'refund-sent': 'refunded', 'refund-returned': 'refunded', 'refund-paid-otherwise': 'refunded' },
} as const satisfies Record<string, Readonly<Record<string, string>>>

export type BillState = keyof typeof table
type EventsOf<State> = State extends BillState ? keyof (typeof table)[State] : never
export type BillEvent = EventsOf<BillState>

export const billStates = Object.keys(table) as readonly BillState[]

/** The state that an event leads to; null: it cannot happen in this state. */
export function nextState(state: BillState, event: BillEvent): BillState | null {
  const row: Readonly<Partial<Record<string, BillState>>> = table[state]
  return Object.hasOwn(row, event) ? (row[event] ?? null) : null
}

/** Whether a refund can be granted: not while nothing is owed, nor while the provider is being asked for the money. */
export function isRefundable(state: BillState): boolean {
  return nextState(state, 'refunded-part') !== null
}

/** Money is owed and not there. */
export function isOwed(state: BillState): boolean {
  return ['due', 'paying', 'authorised', 'declined', 'unpaid', 'written-off'].includes(state)
}

import { describe, expect, test } from 'vitest'
import { type BillEvent, type BillState, billStates, isOwed, isRefundable, nextState } from './states.ts'

const events: readonly BillEvent[] = [
  'billed',
  'billed-in-review',
  'billed-nothing',
  'attempted',
  'authorised',
  'captured',
  'declined',
  'refused',
  'written-off',
  'refunded-part',
  'refunded-whole',
  'refund-sent',
  'refund-returned',
  'refund-paid-otherwise',
]

/** Every pair of a state and an event that leads somewhere; whatever is not here must lead nowhere. */
const wanted: Readonly<Record<string, BillState>> = {
  'new billed': 'due',
  'new billed-in-review': 'review',
  'new billed-nothing': 'nothing-due',
  'review billed': 'due',
  'review billed-nothing': 'nothing-due',
  'due attempted': 'paying',
  'due refunded-part': 'due',
  'due refunded-whole': 'refunded',
  'paying authorised': 'authorised',
  'paying captured': 'paid',
  'paying declined': 'declined',
  'paying refused': 'unpaid',
  'authorised captured': 'paid',
  'authorised declined': 'declined',
  'authorised refused': 'unpaid',
  'paid refunded-part': 'paid',
  'paid refunded-whole': 'refunded',
  'paid refund-sent': 'paid',
  'paid refund-returned': 'paid',
  'paid refund-paid-otherwise': 'paid',
  'declined attempted': 'paying',
  'declined refunded-part': 'declined',
  'declined refunded-whole': 'refunded',
  'unpaid attempted': 'paying',
  'unpaid written-off': 'written-off',
  'unpaid refunded-part': 'unpaid',
  'unpaid refunded-whole': 'refunded',
  'written-off attempted': 'paying',
  'written-off refunded-part': 'written-off',
  'written-off refunded-whole': 'refunded',
  'refunded refund-sent': 'refunded',
  'refunded refund-returned': 'refunded',
  'refunded refund-paid-otherwise': 'refunded',
}

describe('nextState()', () => {
  const pairs = billStates.flatMap((state) => events.map((event) => [state, event] as const))

  test.each(pairs)('nextState() of %s at %s', (state, event) => {
    expect(nextState(state, event)).toBe(wanted[`${state} ${event}`] ?? null)
  })

  test('nextState() leads to every state, and from every owed one to paid', () => {
    const reach = (from: BillState, seen = new Set<BillState>()): Set<BillState> => {
      for (const event of events) {
        const state = nextState(from, event)
        if (state === null || seen.has(state)) continue
        seen.add(state)
        reach(state, seen)
      }
      return seen
    }
    expect([...reach('new'), 'new'].sort()).toEqual([...billStates].sort())
    for (const state of billStates)
      expect([state, reach(state).has('paid')]).toEqual([
        state,
        isOwed(state) || ['new', 'review', 'paid'].includes(state),
      ])
  })

  test('nextState() charges a paid bill under no event, and a bill in review only after it is settled', () => {
    for (const state of ['paid', 'refunded', 'nothing-due', 'review'] as const)
      for (const event of ['attempted', 'captured', 'written-off'] as const) expect(nextState(state, event)).toBeNull()
  })

  test('nextState() knows nothing that a prototype has', () => {
    expect(nextState('due', 'toString' as BillEvent)).toBeNull()
  })
})

describe('isRefundable()', () => {
  test('isRefundable() says no while nothing is owed or the provider is being asked', () => {
    expect(billStates.filter(isRefundable)).toEqual(['due', 'paid', 'declined', 'unpaid', 'written-off'])
  })
})

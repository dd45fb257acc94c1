/** What must be true of the books whatever happens; asserted in production, at each step and over all. Pure. */
import { type Balances, type Entry, groupsLeft } from './bookings.ts'
import type { BillState } from './states.ts'

/** Thrown when the books would become wrong: the transaction is undone, and somebody has to look. */
export class LedgerError extends Error {}

/** What is wrong with the entries of one event; null: nothing. */
export function entriesProblem(entries: readonly Entry[]): string | null {
  const odd = entries.find(({ amountMinor }) => !Number.isSafeInteger(amountMinor) || amountMinor === 0)
  if (odd !== undefined) return `${odd.account}: found ${odd.amountMinor}, wanted an integer that is not 0`
  const sum = entries.reduce((total, { amountMinor }) => total + amountMinor, 0)
  return sum === 0 ? null : `the entries come to ${sum} together, wanted 0`
}

/** What the balances of a bill must be in each state, given what is left of the sale; null where it is any amount. */
interface Wanted {
  readonly receivable: number
  readonly 'bad-debt': number
  readonly provider: number
}

function wantedIn(state: BillState, left: number, notSentBack: number): Wanted {
  const none = { receivable: 0, 'bad-debt': 0, provider: 0 }
  switch (state) {
    case 'new':
    case 'review':
    case 'nothing-due':
      return none
    case 'written-off':
      return { ...none, 'bad-debt': left }
    case 'paid':
    case 'refunded':
      return { ...none, provider: left + notSentBack }
    default:
      return { ...none, receivable: left }
  }
}

const wasPaid = (state: BillState) => state === 'paid' || state === 'refunded'
const withoutSale: readonly BillState[] = ['new', 'review', 'nothing-due', 'refunded']

/** What contradicts the state of a bill in its balances; null: nothing. */
export function stateProblem(state: BillState, balances: Balances): string | null {
  const groups = groupsLeft(balances)
  const left = groups.reduce((sum, { grossMinor }) => sum + grossMinor, 0)
  const payable = -(balances['refund-payable'] ?? 0)
  if (groups.some(({ grossMinor, taxMinor }) => grossMinor < 0 || taxMinor < 0 || taxMinor > grossMinor))
    return `${state}: more was given back than was sold`
  if (withoutSale.includes(state) !== (left === 0)) return `${state}: ${left} is left of the sale`
  if (payable < 0 || (payable > 0 && !wasPaid(state))) return `${state}: ${payable} is to be sent back`
  const otherwise = -(balances['other-means'] ?? 0)
  if (otherwise < 0 || (otherwise > 0 && !wasPaid(state))) return `${state}: ${otherwise} was given back by other means`
  const wanted = wantedIn(state, left, payable + otherwise)
  for (const account of ['receivable', 'bad-debt', 'provider'] as const)
    if ((balances[account] ?? 0) !== wanted[account])
      return `${state}: ${account} is at ${balances[account] ?? 0}, wanted ${wanted[account]}`
  return null
}

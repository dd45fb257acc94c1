/**
 * What is booked when something happens to a bill: entries of double-entry bookkeeping, integer minor units, debits
 * above zero and credits below, so that those of one event come to nothing together. Pure.
 */
import { type TaxGroup, taxInside } from '../../models/contracts/money.ts'
import type { BillState } from './states.ts'

/**
 * The chart: `receivable` what shoppers owe, `provider` what the payment provider has for us, `refund-payable` what is
 * promised back and not sent yet, `other-means` what the store gave back out of its till or bank, `bad-debt` what is no
 * longer expected, and for each rate of tax `sales:<rate>` without the tax and `tax:<rate>`, which is the state's.
 */
export type LedgerAccount = Place | `sales:${number}` | `tax:${number}`
type Place = 'receivable' | 'provider' | 'refund-payable' | 'other-means' | 'bad-debt'

export interface Entry {
  readonly account: LedgerAccount
  /** Never 0; above zero a debit, below a credit. */
  readonly amountMinor: number
}

/** By ledger account, for one bill: the sum of its entries, minor units. What is missing is 0. */
export type Balances = Readonly<Partial<Record<string, number>>>

/** What happens to a bill, with the amounts that it does not know from its own entries. */
export type Step =
  | { readonly kind: 'billed'; readonly groups: readonly TaxGroup[] }
  | { readonly kind: 'billed-in-review' | 'billed-nothing' }
  | { readonly kind: 'attempted' | 'authorised' | 'captured' | 'written-off' }
  /** `nextAt`: when something is done about it next, milliseconds since the epoch. */
  | { readonly kind: 'declined' | 'refused'; readonly nextAt: number; readonly reason: string }
  /** `groups`: what is given back, by rate. */
  | { readonly kind: 'refunded'; readonly groups: readonly TaxGroup[]; readonly reason: string }
  | { readonly kind: 'refund-sent' | 'refund-returned' | 'refund-paid-otherwise'; readonly amountMinor: number }

/** The entries of a step that a bill in `state` with these balances takes. */
export function entriesOf(step: Step, state: BillState, balances: Balances): Entry[] {
  switch (step.kind) {
    case 'billed':
      return sale(step.groups, 1, 'receivable')
    case 'captured':
      return move(owed(balances), 'receivable', 'provider')
    case 'written-off':
      return move(owed(balances), 'receivable', 'bad-debt')
    case 'attempted':
      // Somebody pays what nobody expected any more: it is owed again.
      return move(balances['bad-debt'] ?? 0, 'bad-debt', 'receivable')
    case 'refunded':
      return sale(step.groups, -1, refundTakenFrom(state))
    case 'refund-sent':
      return move(step.amountMinor, 'provider', 'refund-payable')
    case 'refund-returned':
      return move(step.amountMinor, 'refund-payable', 'provider')
    case 'refund-paid-otherwise':
      return move(step.amountMinor, 'other-means', 'refund-payable')
    default:
      return []
  }
}

/** What is given back is owed no more, or where it was paid, owed to the shopper. */
function refundTakenFrom(state: BillState): Place {
  if (state === 'paid') return 'refund-payable'
  return state === 'written-off' ? 'bad-debt' : 'receivable'
}

function sale(groups: readonly TaxGroup[], sign: 1 | -1, place: Place): Entry[] {
  const parts = groups.flatMap(({ taxRate, grossMinor, taxMinor }): Entry[] => [
    { account: place, amountMinor: sign * grossMinor },
    { account: `sales:${taxRate}`, amountMinor: -sign * (grossMinor - taxMinor) },
    { account: `tax:${taxRate}`, amountMinor: -sign * taxMinor },
  ])
  return parts.filter(({ amountMinor }) => amountMinor !== 0)
}

function move(amountMinor: number, from: Place, to: Place): Entry[] {
  if (amountMinor === 0) return []
  return [
    { account: to, amountMinor },
    { account: from, amountMinor: -amountMinor },
  ]
}

/** What the shopper owes and is expected to pay, minor units. */
export function owed(balances: Balances): number {
  return balances.receivable ?? 0
}

/** What is left of the sale, lowest rate first. */
export function groupsLeft(balances: Balances): TaxGroup[] {
  const rates = new Set(Object.keys(balances).flatMap((account) => /^(?:sales|tax):(.+)$/.exec(account)?.[1] ?? []))
  return [...rates]
    .map((rate) => {
      const taxMinor = 0 - (balances[`tax:${rate}`] ?? 0)
      return { taxRate: Number(rate), grossMinor: taxMinor - (balances[`sales:${rate}`] ?? 0), taxMinor }
    })
    .filter(({ grossMinor }) => grossMinor !== 0)
    .sort((a, b) => a.taxRate - b.taxRate)
}

/**
 * What a refund of these gross amounts by rate takes with it of the tax: the tax of what was left less the tax of what
 * then is left. So refunds of a bill one after the other never give back more or less tax than it had.
 */
export function refundGroups(left: readonly TaxGroup[], grossByRate: ReadonlyMap<number, number>): TaxGroup[] {
  return left.flatMap(({ taxRate, grossMinor, taxMinor }) => {
    const refund = grossByRate.get(taxRate) ?? 0
    if (refund === 0) return []
    return [{ taxRate, grossMinor: refund, taxMinor: taxMinor - taxInside(grossMinor - refund, taxRate) }]
  })
}

export function withEntries(balances: Balances, entries: readonly Entry[]): Balances {
  const after: Record<string, number> = { ...balances } as Record<string, number>
  for (const { account, amountMinor } of entries) after[account] = (after[account] ?? 0) + amountMinor
  return after
}

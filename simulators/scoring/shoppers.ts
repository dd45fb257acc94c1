/** Which bill belongs to which shopper of the truth: by any id that they have in common, the surest first. */
import type { Bill } from '../../models/contracts/bills.ts'
import type { Truth } from '../../models/contracts/recording.ts'

/** Bills by truth shopper, and those that are nobody's. */
export interface Matching {
  readonly byShopper: ReadonlyMap<string, readonly Bill[]>
  readonly nobodys: readonly Bill[]
  /** Truth shopper by every id that the bills or the truth use for them. */
  readonly shopperOf: (id: string) => ReadonlySet<string>
}

export function matchShoppers(truth: Truth, bills: readonly Bill[]): Matching {
  const byShopper = new Map<string, Bill[]>(Object.keys(truth.shoppers).map((id) => [id, []]))
  const nobodys: Bill[] = []
  const shoppersById = new Map<string, Set<string>>()
  const know = (id: string, shopper: string): void => {
    shoppersById.set(id, (shoppersById.get(id) ?? new Set()).add(shopper))
  }
  for (const [id, { aliases = [] }] of Object.entries(truth.shoppers))
    for (const name of [id, ...aliases]) know(name, id)
  for (const bill of bills) {
    const owner = ownerOf(bill, truth)
    if (owner === null) nobodys.push(bill)
    else {
      byShopper.get(owner)?.push(bill)
      know(bill.shopper, owner)
      if (bill.account !== null) know(bill.account, owner)
    }
  }
  return { byShopper, nobodys, shopperOf: (id) => shoppersById.get(id) ?? new Set() }
}

/**
 * Trackers exchange ids, so a bill can have ids in common with several shoppers: its own name counts before its aliases,
 * and a shopper's own name before theirs.
 */
function ownerOf(bill: Bill, truth: Truth): string | null {
  let best: string | null = null
  let most = 0
  for (const [id, { aliases = [] }] of Object.entries(truth.shoppers)) {
    const strength = strengthOf(bill, id, aliases)
    if (strength > most) {
      best = id
      most = strength
    }
  }
  return best
}

function strengthOf(bill: Bill, id: string, aliases: readonly string[]): number {
  const names = bill.account === null ? [bill.shopper] : [bill.account, bill.shopper]
  if (names.includes(id)) return 4
  if (names.some((name) => aliases.includes(name))) return 3
  if (bill.aliases.includes(id)) return 2
  return bill.aliases.some((alias) => aliases.includes(alias)) ? 1 : 0
}

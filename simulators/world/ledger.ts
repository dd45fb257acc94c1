/** The truth: what was lifted off and set down, by whom, and who owes what. Nobody but a scorer reads it. */
import type { Load, Package } from './packages.ts'
import type { Person } from './person.ts'

export interface ShelfAct {
  /** Milliseconds since the epoch at which the weight had changed. */
  readonly ts: number
  readonly kind: 'pick' | 'put'
  readonly sku: string
  readonly quantity: number
  readonly cells: readonly string[]
  /** What the plates really lost or gained; a plate may occur more than once. */
  readonly loads: readonly Load[]
  readonly person: Person
}

/** Where packages lay, or lie from now on. */
type Lain = Pick<ShelfAct, 'cells' | 'loads'>

export class Ledger {
  acts: ShelfAct[] = []
  /** Everybody who came in, in order of coming. */
  visitors: Person[] = []
  private readonly payers = new Map<Package, Person>()

  /** The picker pays (contract section 5). */
  picked(items: readonly Package[], lain: Lain, person: Person, ts: number): void {
    for (const item of items) this.payers.set(item, person)
    this.record('pick', items, lain, person, ts)
  }

  /** What comes back to any shelf is not owed, by whoever's hand. */
  put(item: Package, lain: Lain, person: Person, ts: number): void {
    this.payers.delete(item)
    this.record('put', [item], lain, person, ts)
  }

  /** What is left on the floor is not owed. */
  left(item: Package): void {
    this.payers.delete(item)
  }

  /** Quantity by SKU that a person owes. */
  owedBy(person: Person): Map<string, number> {
    const owed = new Map<string, number>()
    if (person.identity.staff) return owed
    for (const [{ product }, payer] of this.payers) {
      if (payer === person) owed.set(product.sku, (owed.get(product.sku) ?? 0) + 1)
    }
    return owed
  }

  /** Drops everything about people who have left. */
  forget(people: readonly Person[]): void {
    this.acts = this.acts.filter(({ person }) => !people.includes(person))
    this.visitors = this.visitors.filter((person) => !people.includes(person))
    for (const [item, payer] of this.payers) if (people.includes(payer)) this.payers.delete(item)
  }

  private record(
    kind: ShelfAct['kind'],
    items: readonly Package[],
    { cells, loads }: Lain,
    person: Person,
    ts: number,
  ): void {
    const [first] = items
    if (first === undefined) return
    const { sku } = first.product
    this.acts.push({ ts: Math.round(ts), kind, sku, quantity: items.length, cells, loads, person })
  }
}

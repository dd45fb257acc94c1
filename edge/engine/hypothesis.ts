/** What one explanation of the past says about the present: who holds what, and what lies where it does not belong. */

/** One thing, known by its own weight. `sku` null: not merchandise (a hand, a bag). */
export interface Thing {
  readonly sku: string | null
  readonly grams: number
  readonly sdGrams: number
  /** The cell where it was weighed. */
  readonly cell: string
}

/** Places of things: `s:<shopper>` or `s:@<account>` is a cart, `c:<cell>` is what lies misplaced on a plate. */
export type PlaceKey = string

export function cartOf(holder: string): PlaceKey {
  return `s:${holder}`
}
export function lyingOn(cell: string): PlaceKey {
  return `c:${cell}`
}

/** What somebody did in one explanation of one change. */
export interface Act {
  readonly kind: 'pick' | 'put'
  readonly sku: string | null
  readonly quantity: number
  /** What all of it weighed. */
  readonly grams: number
  readonly cells: readonly string[]
  /** A shopper, or `@account`; null: nobody who was seen. */
  readonly holder: string | null
}

export interface Hypothesis {
  /** Log weight; within a cluster the best is 0. */
  readonly logWeight: number
  /** Contents of the places on which the hypotheses of a cluster differ. */
  readonly places: Readonly<Record<PlaceKey, readonly Thing[]>>
  /** What was done at each change that is not settled yet, by change id. */
  readonly choices: Readonly<Record<string, readonly Act[]>>
}

/** Hypotheses that are equal for the future: same contents, same open choices. */
export function signature({ places, choices }: Hypothesis): string {
  const contents = Object.keys(places)
    .sort()
    .map((key) => `${key}=${contentsSignature(places[key] ?? [])}`)
  const open = Object.keys(choices)
    .sort()
    .map((id) => `${id}:${actsSignature(choices[id] ?? [])}`)
  return `${contents.join(';')}|${open.join(';')}`
}

export function contentsSignature(things: readonly Thing[]): string {
  if (things.length === 0) return ''
  const known = signatures.get(things)
  if (known !== undefined) return known
  const made = things
    .map(({ sku, grams, sdGrams, cell }) => `${sku ?? ''}@${grams}±${sdGrams}@${cell}`)
    .sort()
    .join(',')
  signatures.set(things, made)
  return made
}

/** Contents are never changed once made, so that each is put into words once. */
const signatures = new WeakMap<readonly Thing[], string>()

export function actsSignature(acts: readonly Act[]): string {
  return acts.map(({ kind, sku, quantity, holder }) => `${kind} ${quantity} ${sku} ${holder}`).join(',')
}

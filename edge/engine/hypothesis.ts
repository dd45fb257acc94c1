/** What one explanation of the past says about the present: who holds what, and what lies where it does not belong. */

/** One thing, known by its own weight. `sku` null: not merchandise (a hand, a bag). */
export interface Thing {
  readonly sku: string | null
  readonly grams: number
  readonly sdGrams: number
  /** The cell where it was weighed. */
  readonly cell: string
}

/**
 * Places of things: `s:<shopper>` or `s:@<account>` is a cart, `c:<cell>` is what lies misplaced on a plate. No "#".
 * `p:<cell>` is what stands at a spot instead of what the planogram has there: one thing for all of its kind.
 */
export type PlaceKey = string

export function cartOf(holder: string): PlaceKey {
  return `s:${holder}`
}
export function lyingOn(cell: string): PlaceKey {
  return `c:${cell}`
}
export function standingAt(spot: string): PlaceKey {
  return `p:${spot}`
}
export function isStanding(slot: SlotKey): boolean {
  return slot.startsWith('p:')
}

/**
 * A share of a place that is in doubt because of one change: `<place>#<change>`. What is in a place is what is certain
 * and what is in all its slots, so that two doubts about one cart need not know of each other.
 */
export type SlotKey = string

export function slotOf(place: PlaceKey, change: string): SlotKey {
  return `${place}#${change}`
}
export function placeOf(slot: SlotKey): PlaceKey {
  return slot.slice(0, slot.lastIndexOf('#'))
}

/** The same as `placeOf(slot) === place`, without making a text: it is asked of every doubt in the shop. */
export function isSlotOf(place: PlaceKey, slot: SlotKey): boolean {
  return slot.charAt(place.length) === '#' && slot.startsWith(place)
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

/** What lies where under one hypothesis. */
export type Contents = (place: PlaceKey) => readonly Thing[]

/** One way in which a change came about: what was done, what then lies where, and how likely that is. */
export interface Explanation {
  readonly acts: readonly Act[]
  readonly places: Readonly<Record<PlaceKey, readonly Thing[]>>
  readonly logLikelihood: number
}

export interface Hypothesis {
  /** Log weight; within a cluster the best is 0. */
  readonly logWeight: number
  /** Contents of the slots on which the hypotheses of a cluster differ; nothing is in a slot that is not named. */
  readonly places: Readonly<Record<SlotKey, readonly Thing[]>>
  /** What was done at each change that is not settled yet, by change id. */
  readonly choices: Readonly<Record<string, readonly Act[]>>
}

/** Hypotheses of one cluster that are equal for the future: same contents, same open choices. */
export function signature(keys: readonly SlotKey[], { places, choices }: Hypothesis): string {
  const contents = keys.map((key) => contentsSignature(places[key] ?? []))
  const open = Object.keys(choices)
    .sort()
    .map((id) => actsSignature(choices[id] ?? []))
  return `${contents.join(';')}|${open.join(';')}`
}

/** Contents and acts are never changed once made, so that each is put into words once. */
const words = new WeakMap<readonly unknown[], string>()

function inWords<T>(list: readonly T[], word: (one: T) => string): string {
  if (list.length === 0) return ''
  const known = words.get(list) ?? list.map(word).join(',')
  words.set(list, known)
  return known
}

export function contentsSignature(things: readonly Thing[]): string {
  return inWords(things, ({ sku, grams, sdGrams, cell }) => `${sku ?? ''}@${grams}±${sdGrams}@${cell}`)
}

export function actsSignature(acts: readonly Act[]): string {
  return inWords(acts, ({ kind, sku, quantity, holder }) => `${kind} ${quantity} ${sku} ${holder}`)
}

/** To a hundredth of a gram: finer no scale reads, and equal things stay equal. */
export function roundedGrams(grams: number): number {
  return Math.round(grams * 100) / 100
}

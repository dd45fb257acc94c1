/** What a store manager reads, in words. Pure. */
import type { ShelfEvent } from '../../../models/contracts/bills.ts'
import type { DeviceView } from '../../../models/contracts/http.ts'
import type { Store } from '../../../models/contracts/store.ts'

/** Names of products and shelves by the ids that events carry. */
export interface Names {
  readonly product: (sku: string) => string
  readonly shelfOf: (cell: string) => string | undefined
}

/** A store file, or as much of it as has names. */
type Named = Pick<Store, 'fixtures'> & { readonly products: readonly Pick<Store['products'][number], 'sku' | 'name'>[] }

export function namesOf(store: Named | null): Names {
  const products = new Map(store?.products.map(({ sku, name }) => [sku, name]))
  const shelves = new Map(
    store?.fixtures.flatMap(({ shelves }) => shelves.flatMap(({ id, cells }) => cells.map((cell) => [cell.id, id]))),
  )
  return { product: (sku) => products.get(sku) ?? sku, shelfOf: (cell) => shelves.get(cell) }
}

/** `t-0042`, `target-42` and `x7k2-t42` are 42 to people; other ids stay, cut to what fits a label. */
export function shortId(id: string): string {
  const number = /(?:^|[-_.])[a-z]{0,6}0*(\d{1,6})$/i.exec(id)?.[1]
  return number ?? (id.length <= 12 ? id : `${id.slice(0, 11)}…`)
}

/** What fits a dot: up to three digits, else the first two letters of the id's last part (`demo-anna` is AN). */
export function badgeOf(id: string): string {
  const short = shortId(id)
  if (/^\d{1,3}$/.test(short)) return short
  const last = id.split(/[-_.]/).findLast((part) => part !== '') ?? id
  return last.slice(0, 2).toUpperCase()
}

/** `Shopper 7 took 2 × Fiji water 0.5 l from shelf g1-s2`. */
export function eventSentence(event: ShelfEvent, names: Names): string {
  const who = event.shopper === null ? 'Somebody unseen' : `Shopper ${shortId(event.shopper)}`
  const what = `${event.quantity} × ${names.product(event.sku)}`
  const cell = event.cells[0]
  const where = `shelf ${cell === undefined ? 'unknown' : (names.shelfOf(cell) ?? cell)}`
  return event.kind === 'pick' ? `${who} took ${what} from ${where}` : `${who} put ${what} back on ${where}`
}

export type Certainty = 'sure' | 'likely' | 'unsure'

/** Below 0.9 a line may need a second look; below 0.7 it often does. */
export function certaintyOf(confidence: number): Certainty {
  if (confidence >= 0.9) return 'sure'
  return confidence >= 0.7 ? 'likely' : 'unsure'
}

export function itemCount(lines: readonly { quantity: number }[]): string {
  const count = lines.reduce((sum, { quantity }) => sum + quantity, 0)
  if (count === 0) return 'nothing yet'
  return count === 1 ? '1 item' : `${count} items`
}

export const stateWords: Readonly<Record<DeviceView['state'], string>> = {
  online: 'Working',
  silent: 'Silent',
  offline: 'Offline',
  'never-seen': 'Never seen',
  moved: 'Moved',
}

/** What needs a person first. */
export function byUrgency(a: DeviceView, b: DeviceView): number {
  const order: readonly DeviceView['state'][] = ['offline', 'moved', 'silent', 'never-seen', 'online']
  return order.indexOf(a.state) - order.indexOf(b.state) || a.id.localeCompare(b.id, 'en', { numeric: true })
}

/** Within a tenth of a second nobody needs to look. */
export function clockWords(offsetMs: number | null): string {
  if (offsetMs === null) return 'not known yet'
  if (Math.abs(offsetMs) < 100) return 'right'
  const seconds = Math.abs(offsetMs) / 1000
  return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s ${offsetMs > 0 ? 'ahead' : 'behind'}`
}

/** Names an event, to tell whether it was shown before. */
export function eventKey({ ts, kind, sku, cells, shopper }: ShelfEvent): string {
  return [ts, kind, sku, cells.join(), shopper].join('|')
}

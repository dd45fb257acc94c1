/**
 * What hands held when plates stirred, as one witness: however many looks at a hand there were, they are of one thing. Pure;
 * times are milliseconds since the epoch.
 */
import { similarity, softmax } from '../../edge/inference/product-likelihoods.ts'
import type { ChannelData } from '../../models/contracts/messages.ts'
import type { Looks } from '../../models/products/looks.ts'

/** What the product network made of a hand at a shelf. */
export interface HandLook {
  readonly tsMs: number
  readonly cells: readonly string[]
  readonly features: Float32Array
}

export interface ProductWitness {
  saw(look: HandLook): void
  stirred(cell: string, tsMs: number): void
  /** What was held at plates that have been still for long enough by `nowMs`. */
  said(nowMs: number): ChannelData<'event/product'>[]
}

interface Stir {
  readonly cell: string
  readonly fromMs: number
  toMs: number
}

/** The hand comes with a thing, or goes with it: this long before and after the plate stirs it is near the shelf. */
const aroundMs = 1_000
/** A plate that is still for so long is done with; pictures of it have come by then, too (`sight.ts`). */
const stillMs = 2_500
/** A hand that rests keeps a plate busy; what was taken under it counts before it goes. */
const longestStirMs = 8_000
/** Of some ten hands, at four looks a second, for as long as a stir takes. */
const mostLooks = 400
const mostStirs = 200
/** The nearest in time; more of them are of a hand on its way. */
const looksAtAStir = 6
/** Looks at a hand that show it empty, hidden or with something else: reasoned, not measured, until shops can be. */
const strayShare = 0.3
/**
 * Of a picture that shows none of the products: 95 of 100 val pictures are more alike the mean of their own product (0.53 from
 * 128 pixels), 38 of 40 plain and patterned surfaces less alike any of 60 (0.48) [measured].
 */
const strangeSimilarity = 0.5
/** Of the event's list; the likeliest. */
const mostSkus = 100

/** `temperature`: of similarities (`ProductManifest`). */
export function createProductWitness(looks: Looks, temperature: number): ProductWitness {
  const [skus, vectors] = [[...looks.keys()], [...looks.values()]]
  let seen: HandLook[] = []
  let stirs: Stir[] = []

  function likelihoodsOf(own: readonly HandLook[]): number[] {
    const each = own.map(({ features }) =>
      softmax([...vectors.map((vector) => similarity(vector, features)), strangeSimilarity], temperature),
    )
    const sumOf = (place: number) => each.reduce((sum, one) => sum + (one[place] ?? 0), 0)
    // Looks at a hand on its way to the shelf, or from it, show nothing: one that shows something is enough.
    const shown = each.length - sumOf(skus.length)
    const whole = Math.max(shown, 1)
    const alike = (strayShare + (1 - strayShare) * (1 - shown / whole)) / skus.length
    return skus.map((_, place) => ((1 - strayShare) * sumOf(place)) / whole + alike)
  }

  function eventOf(group: readonly Stir[]): ChannelData<'event/product'> | null {
    const own = [...new Set(group.flatMap((stir) => looksAt(stir, seen)))]
    if (own.length === 0 || skus.length === 0) return null
    const likelihoods = likelihoodsOf(own)
    const listed = [...likelihoods.keys()]
      .sort((a, b) => (likelihoods[b] ?? 0) - (likelihoods[a] ?? 0) || a - b)
      .slice(0, mostSkus)
    return {
      cells: group.map(({ cell }) => cell).sort(),
      from: Math.min(...group.map(({ fromMs }) => fromMs)),
      to: Math.max(...group.map(({ toMs }) => toMs)),
      likelihoods: Object.fromEntries(listed.map((place) => [skus[place] ?? '', likelihoods[place] ?? 0])),
      // Of what was not enrolled nothing is known: it looks like the average of what was.
      rest: 1 / skus.length,
    }
  }

  return {
    saw(look) {
      seen = [...seen, look].slice(-mostLooks)
    },
    stirred(cell, tsMs) {
      const open = stirs.find((stir) => stir.cell === cell && tsMs - stir.toMs <= aroundMs)
      if (open !== undefined && tsMs - open.fromMs <= longestStirMs) open.toMs = Math.max(open.toMs, tsMs)
      else stirs = [...stirs, { cell, fromMs: tsMs, toMs: tsMs }].slice(-mostStirs)
    },
    said(nowMs) {
      const groups = grouped(stirs, (a, b) => isOneHand(a, b, seen))
      const ripe = groups.filter((group) => group.every(({ toMs }) => toMs <= nowMs - stillMs))
      const done = new Set(ripe.flat())
      stirs = stirs.filter((stir) => !done.has(stir))
      // In an order of their own: which plate was heard of first within one time does not matter.
      const events = ripe
        .flatMap((group) => eventOf(group) ?? [])
        .sort((a, b) => (a.cells.join() < b.cells.join() ? -1 : 1))
      seen = seen.filter(({ tsMs }) => tsMs > nowMs - stillMs - longestStirMs - aroundMs)
      return events
    },
  }
}

/** The nearest in time to the stir. */
function looksAt({ cell, fromMs, toMs }: Stir, seen: readonly HandLook[]): HandLook[] {
  const far = ({ tsMs }: HandLook) => Math.max(0, fromMs - tsMs, tsMs - toMs)
  return seen
    .filter((look) => look.cells.includes(cell) && far(look) <= aroundMs)
    .sort((a, b) => far(a) - far(b) || a.tsMs - b.tsMs)
    .slice(0, looksAtAStir)
}

/** A hand in one plate's space moves the next ones: they speak of one thing, and must not be heard twice. */
function isOneHand(a: Stir, b: Stir, seen: readonly HandLook[]): boolean {
  const meet = a.fromMs <= b.toMs + aroundMs && b.fromMs <= a.toMs + aroundMs
  return meet && looksAt(a, seen).some((look) => look.cells.includes(b.cell))
}

function grouped<Item>(items: readonly Item[], belong: (a: Item, b: Item) => boolean): Item[][] {
  return items.reduce<Item[][]>((groups, item) => {
    const own = groups.filter((group) => group.some((other) => belong(item, other) || belong(other, item)))
    return [...groups.filter((group) => !own.includes(group)), [...own.flat(), item]]
  }, [])
}

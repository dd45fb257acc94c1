/** Every explanation keeps the books: what leaves a shelf is in a cart, what leaves a cart is on a shelf. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { catalogueOf } from '../core.ts'
import { store } from '../fixture.ts'
import { actorsOf, explain } from './explain.ts'
import { type Act, cartOf, type Explanation, lyingOn, type PlaceKey, type Thing } from './hypothesis.ts'
import { nothingLearned } from './learned.ts'
import type { Actor } from './options.ts'
import { type Part, partings, weighing } from './parts.ts'

const catalogue = catalogueOf(store)
const row = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6']
const skus = store.products.map(({ sku }) => sku)

const cell = fc.constantFrom(...row)
const grams = fc
  .tuple(fc.constantFrom(538, 350, 25, 542, 888), fc.integer({ min: -400, max: 400 }))
  .map(([each, centigrams]) => each + centigrams / 100)
const thing: fc.Arbitrary<Thing> = fc.record({
  sku: fc.constantFrom(...skus, null),
  grams,
  sdGrams: fc.constantFrom(0.5, 2, 10),
  cell,
})
const merchandise = thing.filter(({ sku }) => sku !== null)
const names = ['ann', 'bob', '@carla']

const situation = fc.record({
  carts: fc.array(fc.array(merchandise, { maxLength: 4 }), { minLength: 3, maxLength: 3 }),
  // Fewer than a plate is known to hold: of more the oldest is forgotten.
  lying: fc.array(fc.array(thing, { maxLength: 3 }), { minLength: 6, maxLength: 6 }),
  staff: fc.boolean(),
  stays: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  odds: fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 3, maxLength: 3 }),
  first: fc.nat({ max: 4 }),
  weights: fc.array(grams, { minLength: 1, maxLength: 2 }),
  sign: fc.constantFrom(-1, 1),
  sdGrams: fc.constantFrom(0.5, 2, 10),
})

type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never

interface Explained {
  readonly parts: readonly Part[]
  readonly explanation: Explanation
  readonly actors: readonly Actor[]
  readonly before: ReadonlyMap<PlaceKey, readonly Thing[]>
}

/** Everything that the change may have been, and each part of it alone. */
function explained(
  { carts, lying, staff, stays, odds, first, weights, sign, sdGrams }: Situation,
  heldMs: number | null = null,
) {
  const before = new Map<PlaceKey, readonly Thing[]>([
    ...names.map((name, i) => [cartOf(name), carts[i] ?? []] as const),
    ...row.map((one, i) => [lyingOn(one), lying[i] ?? []] as const),
  ])
  const settled = weights.map((each, i) => ({ cell: row[first + i] ?? '', ts: 0, deltaGrams: sign * each, sdGrams }))
  const [turned] = settled
  const cells =
    turned === undefined || heldMs === null
      ? settled
      : [{ ...turned, heldMs }, { ...turned, ts: heldMs, deltaGrams: -turned.deltaGrams }, ...settled.slice(1)]
  const seen = names.map((holder, i) => ({
    holder,
    staff: staff && i === 0,
    stays: stays[i] === true,
    logOdds: cells.map(() => odds[i] ?? 0),
  }))
  const actors = actorsOf(seen, cells.length)
  const contents = (place: PlaceKey) => before.get(place) ?? []
  const weigh = weighing(catalogue, nothingLearned)
  const ways = partings(weigh, cells).flatMap(({ parts }) => [parts, ...parts.map((one) => [one])])
  return ways.flatMap((parts): Explained[] =>
    explain({ catalogue, weigh }, [{ parts, logPrior: 0 }], actors, contents, names).map((explanation) => {
      return { parts, explanation, actors, before }
    }),
  )
}

/** `heldMs`: how long the first plate stood on its level before it turned back; null: it settled. */
function everyExplanation(check: (one: Explained) => void, heldMs: fc.Arbitrary<number | null> = fc.constant(null)) {
  fc.assert(
    fc.property(situation, heldMs, (drawn, held) => {
      for (const one of explained(drawn, held)) check(one)
    }),
  )
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const units = (acts: readonly Act[]) => acts.flatMap(({ sku, quantity }) => Array.from({ length: quantity }, () => sku))
const sorted = (list: readonly (string | null)[]) => [...list].sort()

/** What came to and went from places of a kind. */
function moves({ explanation, before }: Explained, kind: 's:' | 'c:') {
  const changed = Object.entries(explanation.places).filter(([place]) => place.startsWith(kind))
  return {
    came: changed.flatMap(([place, after]) => after.filter((one) => before.get(place)?.includes(one) !== true)),
    went: changed.flatMap(([place, after]) => (before.get(place) ?? []).filter((one) => !after.includes(one))),
  }
}

test('explain() puts into carts what shoppers pick, and takes from carts only what lay there and is put', () => {
  everyExplanation((one) => {
    const { explanation, actors } = one
    const shoppers = new Set(actors.flatMap(({ holder, staff }) => (holder === null || staff ? [] : [holder])))
    const picks = explanation.acts.filter(({ kind, holder }) => kind === 'pick' && shoppers.has(holder ?? ''))
    const { came, went } = moves(one, 's:')
    const fromOutside = explanation.acts.filter(({ kind }) => kind === 'put')
    const isOf = (a: { sku: string | null; grams: number }) => (b: { sku: string | null; grams: number }) =>
      a.sku === b.sku && Math.abs(a.grams - b.grams) < 0.02
    const held = picks.flatMap(({ sku, quantity, grams: all }) =>
      Array.from({ length: quantity }, () => ({ sku, grams: all / quantity })),
    )
    for (const thing of came) {
      const at = held.findIndex(isOf(thing))
      expect(at, JSON.stringify(thing)).toBeGreaterThanOrEqual(0)
      held.splice(at, 1)
    }
    // What is taken while something else is put may be put down again by another part.
    for (const thing of held) {
      const at = fromOutside.findIndex(isOf(thing))
      expect(at, JSON.stringify(thing)).toBeGreaterThanOrEqual(0)
      fromOutside.splice(at, 1)
    }
    if (one.parts.length === 1) expect(held).toEqual([])
    for (const gone of went) {
      const at = fromOutside.findIndex(({ sku, grams: each }) => sku === gone.sku && each === gone.grams)
      expect(at, JSON.stringify(gone)).toBeGreaterThanOrEqual(0)
      expect(fromOutside.splice(at, 1)[0]?.quantity).toBe(1)
    }
    // Merchandise that nobody held is known by this change alone, so that it weighs exactly that.
    if (one.parts.length === 1 && fromOutside.length > 0)
      expect(sum(fromOutside.map((act) => act.grams))).toBeCloseTo(one.parts[0]?.grams ?? 0, 1)
  })
})

test('explain() remembers what is put where it does not belong, and forgets of what lies there only what is picked', () => {
  everyExplanation((one) => {
    const { explanation, parts } = one
    const { came, went } = moves(one, 'c:')
    const isHome = ({ sku, cells }: Act) => cells.some((each) => catalogue.facings.get(each)?.includes(sku ?? ''))
    const misplaced = units(explanation.acts.filter((act) => act.kind === 'put' && !isHome(act)))
    const merchandise = came.filter(({ sku }) => sku !== null)
    expect(sorted(merchandise.map(({ sku }) => sku))).toEqual(sorted(misplaced))
    const picked = units(explanation.acts.filter(({ kind }) => kind === 'pick'))
    for (const gone of went) if (gone.sku !== null) expect(picked).toContain(gone.sku)
    expect(went.length).toBeLessThanOrEqual(parts.length)
  })
})

test('explain() finds acts that weigh what the shelf felt, as far as scales and catalogue can be wrong', () => {
  everyExplanation((one) => {
    const {
      explanation: { acts, logLikelihood },
      parts: [part, ...more],
      before,
    } = one
    expect(Number.isFinite(logLikelihood)).toBe(true)
    // Of two parts one may be nothing.
    if (part === undefined || more.length > 0) return
    if (acts.length === 0) return
    // A thing may be put while another one is taken; else it is the one or the other.
    const isExchange = new Set(acts.map(({ kind }) => kind)).size > 1
    expect(isExchange || acts.every(({ kind }) => (kind === 'pick') === part.falls)).toBe(true)
    const known = [...before.values()].flat().map(({ sdGrams }) => sdGrams)
    // Eight sigma of the widest error of weighing a known thing again.
    const moved = sum(acts.map(({ grams }) => grams))
    const off = 8 * Math.hypot(3 * part.sdGrams, 3 * 2 * Math.max(0, ...known), 0.04 * moved, 3)
    const foreign = moves(one, 'c:').went.filter(({ sku }) => sku === null)
    const taken = [...acts.filter(({ kind }) => kind === 'pick'), ...foreign].map(({ grams }) => grams)
    const put = acts.filter(({ kind }) => kind === 'put').map(({ grams }) => grams)
    expect(Math.abs(sum(put) - sum(taken) - (part.falls ? -1 : 1) * part.grams)).toBeLessThan(off)
  })
})

test('explain() of a way there and back puts into carts no more than is picked, and takes out no more than is put', () => {
  const count = (list: readonly (string | null)[], sku: string) => list.filter((one) => one === sku).length
  everyExplanation(
    (one) => {
      const { acts, logLikelihood } = one.explanation
      expect(Number.isFinite(logLikelihood)).toBe(true)
      const picked = units(acts.filter(({ kind }) => kind === 'pick'))
      const put = units(acts.filter(({ kind }) => kind === 'put'))
      const { came, went } = moves(one, 's:')
      for (const sku of skus) {
        const [more, less] = [came, went].map((things) =>
          count(
            things.map((thing) => thing.sku),
            sku,
          ),
        )
        expect(more).toBeLessThanOrEqual(count(picked, sku))
        expect(less).toBeLessThanOrEqual(count(put, sku))
      }
    },
    fc.constantFrom(100, 900),
  )
})

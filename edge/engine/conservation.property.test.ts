/** What left the shelves is in carts, went out with a bill, or lies on a shelf again. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { catalogueOf } from '../core.ts'
import { store } from '../fixture.ts'
import type { Observation } from '../observations.ts'
import { probabilities } from './cluster.ts'
import { type EngineState, initialState, step } from './engine.ts'
import { cartOf, placeOf, type Thing } from './hypothesis.ts'
import { defaultPolicy } from './receipt.ts'

const catalogue = catalogueOf(store)
const numRuns = 30
const names = ['s0', 's1', 's2']
/** Gum is so light that a plate which creeps is a rival of it. */
const facings = [
  { sku: 'water', cell: 'p1', mean: 538 },
  { sku: 'water', cell: 'p2', mean: 538 },
  { sku: 'cola', cell: 'p3', mean: 350 },
  { sku: 'tea', cell: 'p6', mean: 542 },
]
const row = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6']

const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
/** Who does it, what it is about, where to, and by how much the scale and the package are off. */
const act = fc.record({
  who: share,
  puts: fc.constantFrom(false, false, true),
  which: share,
  to: share,
  packageGrams: fc.double({ min: -4, max: 4, noNaN: true }),
  noiseGrams: fc.double({ min: -2, max: 2, noNaN: true }),
  alsoThere: fc.boolean(),
})
type Drawn = typeof act extends fc.Arbitrary<infer T> ? T : never

interface Package {
  readonly sku: string
  readonly grams: number
}

interface World {
  state: EngineState
  readonly carts: Map<string, Package[]>
  ts: number
  /** What all shelves together felt. */
  shelfGrams: number
}

function observe(world: World, observation: Observation): void {
  world.ts += 5000
  world.state = step(catalogue, defaultPolicy, world.state, { ...observation, ts: world.ts }).state
}

function opened(): World {
  const world = { state: initialState, carts: new Map(names.map((name) => [name, []])), ts: 1.8e12, shelfGrams: 0 }
  for (const shopper of names)
    observe(world, { kind: 'entered', ts: 0, shopper, target: shopper, position: [5, -2.5], staff: false })
  return world
}

function pickOf<T>(list: readonly T[], at: number): T | undefined {
  return list[Math.floor(at * list.length)]
}

/** `isCrowded`: another may have a hand there just as well. */
function perform(world: World, drawn: Drawn, isCrowded: boolean): void {
  const who = pickOf(names, drawn.who) ?? ''
  const cart = world.carts.get(who) ?? []
  const thing = drawn.puts ? pickOf(cart, drawn.which) : undefined
  const facing = pickOf(facings, drawn.which) ?? { sku: '', cell: '', mean: 0 }
  const [cell, moved] =
    thing === undefined
      ? [facing.cell, { sku: facing.sku, grams: facing.mean + drawn.packageGrams }]
      : [pickOf(row, drawn.to) ?? '', thing]
  world.carts.set(who, thing === undefined ? [...cart, moved] : cart.filter((other) => other !== thing))
  const deltaGrams = (thing === undefined ? -moved.grams : moved.grams) + drawn.noiseGrams
  world.shelfGrams += deltaGrams
  const other = names[(names.indexOf(who) + 1) % names.length] ?? ''
  const odds = { [who]: 4, [other]: isCrowded && drawn.alsoThere ? 3.5 : -8 }
  const { ts } = world
  observe(world, {
    kind: 'shelf-change',
    ts,
    from: ts - 500,
    to: ts + 500,
    shelf: 'a',
    cells: [{ cell, ts, deltaGrams, sdGrams: 1 }],
    reach: Object.entries(odds).map(([shopper, one]) => ({ shopper, logOdds: [one] })),
  })
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** Grams and number of the things of some carts in expectation; of each cluster alone, as expectations add up. */
function expected({ belief }: EngineState, carts: readonly string[]): { grams: number; things: number } {
  const inCarts = (places: Readonly<Record<string, readonly Thing[]>>, cartOfKey: (key: string) => string) =>
    Object.entries(places).flatMap(([key, things]) => (carts.includes(cartOfKey(key)) ? things : []))
  const total = { grams: 0, things: 0 }
  const add = (things: readonly Thing[], probability: number) => {
    total.grams += probability * sum(things.map(({ grams }) => grams))
    total.things += probability * things.length
  }
  add(
    inCarts(belief.certain, (place) => place),
    1,
  )
  for (const cluster of belief.clusters) {
    const weights = probabilities(cluster)
    cluster.hypotheses.forEach(({ places }, i) => {
      add(inCarts(places, placeOf), weights[i] ?? 0)
    })
  }
  return total
}

/** Each weighing is off by up to 2 g; what shelves felt as nothing or as another's is one in a thousand. */
const gramsOff = (acts: number) => 10 + 5 * acts

/** More doubts at once about things that weigh the same do not fit into the hypotheses of one cluster. */
const acts = fc.array(act, { minLength: 1, maxLength: 12, size: 'max' })
/** Waters, taken and put back by one while another is near half the times: six doubts in which hardly one lies, and it. */
const fewLie: Drawn[] = [...'fftfttftf'].map((puts, i) => ({
  who: 0,
  puts: puts === 't',
  which: 0,
  to: 0,
  packageGrams: 0,
  noiseGrams: 0,
  alsoThere: 'ttftftfff'[i] === 't',
}))

test('step() keeps in the carts what left the shelves, whoever of several has it', () => {
  fc.assert(
    fc.property(acts, (drawn) => {
      const world = opened()
      drawn.forEach((one, i) => {
        perform(world, one, true)
        const { grams, things } = expected(world.state, names.map(cartOf))
        expect(Math.abs(grams + world.shelfGrams)).toBeLessThan(gramsOff(i + 1))
        expect(Math.abs(things - sum([...world.carts.values()].map((cart) => cart.length)))).toBeLessThan(0.1)
      })
    }),
    { numRuns, examples: [[fewLie]] },
  )
})

test('step() lets nobody go out with more or less than what they hold', () => {
  fc.assert(
    fc.property(acts, (drawn) => {
      const world = opened()
      for (const one of drawn) perform(world, one, true)
      for (const name of names) {
        const others = names.filter((other) => other !== name).map(cartOf)
        const before = expected(world.state, others)
        observe(world, { kind: 'left', ts: 0, shopper: name })
        const after = expected(world.state, others)
        expect(after.grams).toBeCloseTo(before.grams, 0)
        expect(expected(world.state, [cartOf(name)]).things).toBe(0)
      }
    }),
    { numRuns },
  )
})

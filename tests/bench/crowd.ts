/** A big shop full of people: the load that the engine is planned for (1,000 cells at 60 Hz, up to 100 shoppers). */
import type { Cell, Fixture, Store } from '../../models/contracts/store.ts'
import { demoStore } from '../../simulators/layout/store.ts'
import { parseScenario } from '../../simulators/scenario/load.ts'
import type { Arrival } from '../../simulators/sensors/outbox.ts'
import { type Simulation, standalone } from '../../simulators/simulation.ts'

/** 17 gondolas of 60 plates. */
const gondolas = 17
/** The corner shop is 6 m wide: its copies stand side by side with an aisle between them. */
const copyMetres = 7
/** A door lets somebody in every 1.2 s; everybody is inside and has begun to shop after this. */
const enteringMs = (people: number) => people * 1300 + 10_000
/** So many stops take longer than any window that is measured: nobody leaves within it. */
const stops = 60
const stepMs = 200

/** The corner shop again and again; each copy sells things of its own. */
export function bigStore(): Store {
  const corner = demoStore({ entry: 'open', scales: 'plates' })
  const copies = Array.from({ length: gondolas }, (_, i) => ({ copy: Math.floor(i / corner.fixtures.length), i }))
  const fixtures = copies.flatMap(({ copy, i }) => {
    const fixture = corner.fixtures[i % corner.fixtures.length]
    return fixture === undefined ? [] : [moved(fixture, copy)]
  })
  const cells = new Set(fixtures.flatMap(({ shelves }) => shelves.flatMap((shelf) => shelf.cells.map(({ id }) => id))))
  const numbers = [...new Set(copies.map(({ copy }) => copy))]
  return {
    ...corner,
    id: 'big',
    fixtures,
    products: numbers.flatMap((copy) =>
      corner.products.map(({ gtin: _, ...product }) => ({ ...product, sku: named(product.sku, copy) })),
    ),
    planogram: numbers
      .flatMap((copy) =>
        corner.planogram.map((facing) => ({
          sku: named(facing.sku, copy),
          cells: facing.cells.map((cell) => named(cell, copy)),
        })),
      )
      .filter((facing) => facing.cells.every((cell) => cells.has(cell))),
    devices: [...fixtures.map(({ id }) => ({ id, kind: 'shelf' as const })), { id: 'trk', kind: 'tracker' }],
  }
}

function named(id: string, copy: number): string {
  return `${id}.${copy}`
}

function moved(fixture: Fixture, copy: number): Fixture {
  const cell = ({ id, center: [x, y, z], size }: Cell): Cell => ({
    id: named(id, copy),
    center: [x + copy * copyMetres, y, z],
    size,
  })
  return {
    ...fixture,
    id: named(fixture.id, copy),
    shelves: fixture.shelves.map((shelf) => ({
      ...shelf,
      id: named(shelf.id, copy),
      device: named(shelf.device, copy),
      cells: shelf.cells.map(cell),
    })),
  }
}

export interface Crowd {
  readonly simulation: Simulation
  /** Virtual time from which everybody is inside, milliseconds since the epoch. */
  readonly from: number
  /** Everything up to a virtual time, a step at a time, in order of arrival. */
  arrivals(until: number): Generator<Arrival[]>
}

/** `people` shoppers at once, many in pairs and at each other's shelves, for longer than anybody measures. */
export function crowd(store: Store, people: number, seed: number): Crowd {
  const scenario = parseScenario(
    JSON.stringify({
      name: `${people} at once`,
      shoppers: { count: people, secondsBetween: 1.2, itemsFrom: stops, itemsTo: stops, inPairs: 0.3, nearOthers: 0.4 },
    }),
  )
  if (!scenario.ok) throw new Error(JSON.stringify(scenario.faults))
  const { simulation } = standalone(store, scenario.value, seed)
  simulation.start()
  const opens = simulation.now
  return {
    simulation,
    from: opens + enteringMs(people),
    *arrivals(until) {
      for (let now = simulation.now + stepMs; now <= until; now += stepMs) yield simulation.step(now)
    },
  }
}

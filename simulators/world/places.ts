/** Where a hand goes: the package that an act means, a free place to set one down. */
import type { PutTarget, Where } from './act.ts'
import { distance, type Vec2 } from './geometry.ts'
import type { Package, Place } from './packages.ts'
import type { Person } from './person.ts'
import type { World } from './world.ts'

/** What lies this much beyond the ends of a slot still belongs to it, metres. */
const slack = 0.03

/** The front package of the nearest place that fits, or null when there is none left. */
export function frontmost(world: World, person: Person, where: Where): Package | null {
  const here = person.walk.position(world.now)
  const far = (place: Place): number => {
    if (where.end !== undefined) return where.end === 'left' ? place.u : -place.u
    return distance(here, planeOf(place))
  }
  let best: Package | null = null
  for (const shelf of world.shelving.shelves) {
    if (where.shelf !== undefined && shelf.id !== where.shelf) continue
    for (const item of world.packages.on(shelf)) {
      if (item.place === null || !matches(item, item.place, where) || world.reserved.has(item)) continue
      if (best?.place == null || nearer(item.place, best.place, far)) best = item
    }
  }
  return best
}

function nearer(a: Place, b: Place, far: (place: Place) => number): boolean {
  if (a.shelf === b.shelf && Math.abs(a.u - b.u) < 0.01) return a.depth < b.depth
  return far(a) < far(b)
}

function planeOf({ shelf, u }: Place): Vec2 {
  return [shelf.along[0] * u + shelf.front[0] * shelf.edge, shelf.along[1] * u + shelf.front[1] * shelf.edge]
}

function matches(item: Package, { shelf, u }: Place, { sku, cell, slot }: Where): boolean {
  if (sku !== undefined && item.product.sku !== sku) return false
  if (slot !== undefined && (shelf.id !== slot.shelf || u < slot.from - slack || u > slot.to + slack)) return false
  if (cell === undefined) return true
  const plate = shelf.plates.find(({ id }) => id === cell)
  return plate !== undefined && u >= plate.from && u <= plate.to
}

/** Free packages of the same kind on the same shelf, the nearest to `first` first. */
export function othersLike(world: World, first: Package): Package[] {
  const { place } = first
  if (place === null) return []
  const apart = (item: Package): number =>
    item.place === null ? 0 : Math.abs(item.place.u - place.u) * 2 + Math.abs(item.place.depth - place.depth)
  return [...world.packages.on(place.shelf)]
    .filter((item) => item !== first && item.product === first.product && !world.reserved.has(item))
    .sort((a, b) => apart(a) - apart(b))
}

/** Where a hand goes that wants a product or a place: the front package, else the bare plate. */
export function workPlace(world: World, person: Person, where: Where): Place | null {
  const item = frontmost(world, person, where)
  if (item?.place != null) return item.place
  const { cell, slot } = where
  const shelf =
    cell === undefined
      ? world.shelving.shelves.find(({ id }) => id === (slot?.shelf ?? where.shelf))
      : world.shelving.shelfOfPlate.get(cell)
  if (shelf === undefined) return null
  const part = slot ?? shelf.plates.find(({ id }) => id === cell) ?? shelf
  return { shelf, u: (part.from + part.to) / 2, depth: 0.05 }
}

/** Where a carried package is set down. */
export function putPlace(world: World, person: Person, item: Package, to: PutTarget): Place {
  const { random } = person
  const depth = random.range(0.05, 0.1)
  if (to === 'home') return { ...item.home, u: item.home.u + random.normal(0, 0.006), depth }
  const spot = to === 'elsewhere' ? elsewhere(world, person, item) : spotAt(world, person, item, to)
  if (spot === null) return item.home
  const { shelf, u } = spot
  const half = item.widthMetres / 2
  return { shelf, u: Math.min(Math.max(u, shelf.from + half), shelf.to - half), depth }
}

type Spot = Pick<Place, 'shelf' | 'u'>

/** Somewhere on another shelf or far from home on its own. */
function elsewhere(world: World, { random }: Person, item: Package): Spot {
  const plates = world.shelving.shelves.flatMap((shelf) =>
    shelf.plates.flatMap((plate) => {
      const away = shelf !== item.home.shelf || Math.abs((plate.from + plate.to) / 2 - item.home.u) > 0.3
      return away ? [{ shelf, plate }] : []
    }),
  )
  const { shelf, plate } = plates.length > 0 ? random.pick(plates) : { shelf: item.home.shelf, plate: item.home.shelf }
  return { shelf, u: random.range(plate.from, plate.to) }
}

function spotAt(world: World, { random }: Person, item: Package, to: Exclude<PutTarget, string>): Spot | null {
  if ('cell' in to) {
    const shelf = world.shelving.shelfOfPlate.get(to.cell)
    const plate = shelf?.plates.find(({ id }) => id === to.cell)
    return shelf === undefined || plate === undefined ? null : { shelf, u: (plate.from + plate.to) / 2 }
  }
  const { slot, end } = to
  const shelf = world.shelving.shelves.find(({ id }) => id === slot.shelf)
  const half = Math.min(item.widthMetres, slot.to - slot.from) / 2
  if (shelf === undefined) return null
  if (end !== undefined) return { shelf, u: end === 'left' ? slot.from + half : slot.to - half }
  return { shelf, u: random.range(slot.from + half, slot.to - half) }
}

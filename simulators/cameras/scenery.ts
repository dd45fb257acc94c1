/** What stands still in a shop: floor, walls, gondolas with their boards. Goods are in goods.ts. */
import type { Store } from '../../models/contracts/store.ts'
import { Random } from '../random.ts'
import type { Box, Vec2, Vec3 } from '../world/geometry.ts'
import { pointOn, type ShelfSpace, type Shelving } from '../world/shelving.ts'
import { smoothNoise } from './noise.ts'
import { plain, type Rgb, write } from './paint.ts'
import { type Room, roomOf } from './room.ts'
import { box, type Paint, type Solid } from './solid.ts'

const ceilingMetres = 3
/** Cameras hang in the corners; the walls stand a little behind them, metres. */
const wallRoom = 0.12
const thick = 0.05

export function sceneryOf(store: Store, shelving: Shelving, seed: number): Solid[] {
  const random = new Random(seed, 'scenery')
  return [
    ...wallsOf(roomOf(store, shelving), random),
    ...store.fixtures.flatMap(({ id }) => gondolaOf(id, shelving, random)),
  ]
}

function wallsOf({ bounds, shelves, place, directions }: Room, random: Random): Solid[] {
  const { x0, y0, x1, y1 } = bounds
  const [mx, my] = [(x0 + x1) / 2, (y0 + y1) / 2]
  const [hx, hy] = [(x1 - x0) / 2 + wallRoom, (y1 - y0) / 2 + wallRoom]
  const wall = wallPaint(random)
  const half = ceilingMetres / 2
  return [
    box(place(mx, my, -thick), directions, [hx, hy, thick], floorPaint(random, [hx, hy], [mx, my], shelves)),
    box(place(mx, my, ceilingMetres + thick), directions, [hx, hy, thick], plain([0.75, 0.75, 0.73])),
    box(place(mx - hx - thick, my, half), directions, [thick, hy, half], wall),
    box(place(mx + hx + thick, my, half), directions, [thick, hy, half], wall),
    box(place(mx, my - hy - thick, half), directions, [hx, thick, half], wall),
    box(place(mx, my + hy + thick, half), directions, [hx, thick, half], wall),
  ]
}

/** Tiles with joints and grain; darker where gondolas keep the light away. */
function floorPaint(random: Random, [hx, hy]: Vec2, [mx, my]: Vec2, shadows: readonly Box[]): Paint {
  const tile = random.pick([0.3, 0.45, 0.6])
  const warm = random.range(0.85, 1)
  const bright = random.range(0.22, 0.5)
  const colour: Rgb = [bright, bright * (0.5 + warm * 0.5), bright * warm]
  return (out, x, y) => {
    const px = x * hx
    const py = y * hy
    const fx = px / tile - Math.floor(px / tile)
    const fy = py / tile - Math.floor(py / tile)
    const joint = Math.min(fx, fy, 1 - fx, 1 - fy) * tile < 0.003 ? 0.6 : 1
    const shade = 0.94 + 0.12 * smoothNoise(Math.floor(px / tile) * 3.7, Math.floor(py / tile) * 5.3, 0.5)
    const grain = 0.9 + 0.2 * smoothNoise(px * 90, py * 90, 0)
    write(out, colour, joint * shade * grain * shadowAt(px + mx, py + my, shadows))
  }
}

/** What is within half a metre of a gondola sees less of the ceiling. */
function shadowAt(x: number, y: number, boxes: readonly Box[]): number {
  let nearest = 1
  for (const { x0, y0, x1, y1 } of boxes) {
    const dx = Math.max(x0 - x, 0, x - x1)
    const dy = Math.max(y0 - y, 0, y - y1)
    nearest = Math.min(nearest, Math.sqrt(dx * dx + dy * dy))
  }
  return nearest >= 0.6 ? 1 : 0.5 + 0.5 * Math.sqrt(nearest / 0.6)
}

function wallPaint(random: Random): Paint {
  const bright = random.range(0.45, 0.75)
  const warm = random.range(0.8, 1)
  return (out, x, y, z) => {
    const height = (z + 1) * (ceilingMetres / 2)
    const skirting = height < 0.1 ? 0.5 : 1
    const grain = 0.97 + 0.06 * smoothNoise(x * 6, y * 6, z * 4)
    write(out, [bright, bright * (0.6 + 0.4 * warm), bright * warm], grain * skirting)
  }
}

/** A board under each shelf with a rail of price tags at its front edge, a panel behind, a plinth below. */
function gondolaOf(id: string, { shelves }: Shelving, random: Random): Solid[] {
  const own = shelves.filter(({ fixture }) => fixture === id)
  const [first] = own
  if (first === undefined) return []
  const grey = random.range(0.25, 0.7)
  const heights = own.map(({ height }) => height)
  const top = Math.max(...heights) + panelMetres
  const low = Math.min(...heights) - boardMetres
  const depth = first.depth / 2
  const back = block(first, { depth: -0.01, deep: 0.01, from: 0, to: top }, plain([grey, grey, grey]))
  const plinth = block(
    first,
    { depth: depth - 0.02, deep: depth - 0.02, from: 0, to: low },
    plain([grey / 2, grey / 2, grey / 2]),
  )
  const boards = own.flatMap((shelf) => boardOf(shelf, grey, rail(random)))
  return [...boards, back, ...(low > boardMetres ? [plinth] : [])]
}

/** How far the panel behind goes on above the highest shelf, and how thick a board is; metres. */
const panelMetres = 0.3
const boardMetres = 0.03

function boardOf(shelf: ShelfSpace, grey: number, tags: Paint): Solid[] {
  const { depth, height } = shelf
  const board = { depth: depth / 2, deep: depth / 2, from: height - boardMetres, to: height }
  const front = { depth: depth + 0.006, deep: 0.006, from: height - 0.04, to: height }
  return [block(shelf, board, plain([grey, grey, grey * 0.98])), block(shelf, front, tags)]
}

interface BlockForm {
  /** Its middle, from the back of the shelf, and half of how deep it is; metres. */
  readonly depth: number
  readonly deep: number
  /** Heights, metres. */
  readonly from: number
  readonly to: number
}

/** As wide as the shelf and a little more. */
function block(shelf: ShelfSpace, { depth, deep, from, to }: BlockForm, paint: Paint): Solid {
  const { along, front } = shelf
  const [x, y] = pointOn(shelf, (shelf.from + shelf.to) / 2, shelf.depth - depth, 0)
  const directions: [Vec3, Vec3, Vec3] = [
    [along[0], along[1], 0],
    [front[0], front[1], 0],
    [0, 0, 1],
  ]
  return box([x, y, (from + to) / 2], directions, [(shelf.to - shelf.from) / 2 + 0.02, deep, (to - from) / 2], paint)
}

function rail(random: Random): Paint {
  const colour: Rgb = [random.range(0.1, 0.7), random.range(0.1, 0.6), random.range(0.1, 0.6)]
  return (out, x) => write(out, Math.abs(((x * 8 + 20) % 1) - 0.5) < 0.22 ? [0.85, 0.85, 0.8] : colour)
}

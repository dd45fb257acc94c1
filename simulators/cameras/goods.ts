/** Packages as solids: a can, a bottle or a box, with the product's own print. */
import type { Product } from '../../models/contracts/store.ts'
import { Random } from '../random.ts'
import type { Vec3 } from '../world/geometry.ts'
import type { Package, Place } from '../world/packages.ts'
import { pointOn } from '../world/shelving.ts'
import { smoothNoise } from './noise.ts'
import { type Rgb, write } from './paint.ts'
import { box, can, type Paint, type Solid } from './solid.ts'

/** A small picture that is printed on a package: rows of red, green and blue, shares of light thrown back. */
export interface Print {
  readonly width: number
  readonly height: number
  readonly light: Float32Array
}

/** What is printed on a product; undefined where a label is to be made up. */
export type Prints = (product: Product) => Print | undefined

export const madeUpLabels: Prints = () => undefined

type Form = 'can' | 'bottle' | 'box'

function formOf({ name }: Product): Form {
  if (/\bcan\b|tomatoes|chickpeas|beans|tuna|corn/i.test(name)) return 'can'
  if (/water|cola|soda|tea .* l\b|drink|beer|wine|oil|shampoo|gel|liquid|vinegar|sauce|ketchup/i.test(name))
    return 'bottle'
  return 'box'
}

/** Rows stand this far behind each other at most (world/packages.ts), so that is how deep a package is drawn, metres. */
const mostDepth = 0.052

export interface Extent {
  readonly width: number
  readonly height: number
  readonly depth: number
}

/** Height follows from mass at the density of water, within what fits between two shelves, metres. */
export function extentOf({ product, widthMetres: width }: Package): Extent {
  const litres = (product.massGrams.mean / 1000) * (formOf(product) === 'box' ? 1.4 : 1)
  const height = Math.min(0.28, Math.max(0.06, litres / 1000 / (width * mostDepth)))
  return { width, height, depth: Math.min(mostDepth, width) }
}

/** How dark it is at the back of a shelf. */
const darkest = 0.45

export function goodsAt(item: Package, { shelf, u, depth }: Place, prints: Prints): Solid[] {
  const extent = extentOf(item)
  const across: Vec3 = [-shelf.front[1], shelf.front[0], 0]
  const front: Vec3 = [shelf.front[0], shelf.front[1], 0]
  const light = 1 - (1 - darkest) * Math.min(1, depth / Math.max(0.1, shelf.depth))
  const at = pointOn(shelf, u, depth, extent.height / 2)
  return goodsOf(item, at, [across, [0, 0, 1], front], extent, prints, light)
}

/** `directions`: along its width, up, to its front. */
export function goodsOf(
  { product }: Package,
  at: Vec3,
  directions: readonly [Vec3, Vec3, Vec3],
  { width, height, depth }: Extent,
  prints: Prints,
  light = 1,
): Solid[] {
  const form = formOf(product)
  const print = prints(product)
  const paint = dimmed(print === undefined ? labelOf(product) : printed(print, form), light)
  const halves: Vec3 = [width / 2, height / 2, depth / 2]
  if (form === 'box') return [box(at, directions, halves, paint)]
  if (form === 'can') return [can(at, directions, halves, paint)]
  const up = directions[1]
  const raised = (by: number): Vec3 => [at[0] + up[0] * by, at[1] + up[1] * by, at[2] + up[2] * by]
  const body = can(raised(-height * 0.12), directions, [halves[0], height * 0.38, halves[2]], paint)
  const neck = can(raised(height * 0.38), directions, [halves[0] * 0.38, height * 0.12, halves[2] * 0.38], paint)
  return [body, neck]
}

function dimmed(paint: Paint, light: number): Paint {
  if (light === 1) return paint
  return (out, x, y, z) => {
    paint(out, x, y, z)
    for (let i = 0; i < 3; i++) out[i] = (out[i] ?? 0) * light
  }
}

/** A print goes over the front of a box, and half round a can. */
function printed({ width, height, light }: Print, form: Form): Paint {
  return (out, x, y, z) => {
    const across = form === 'box' ? (x + 1) / 2 : 0.5 + Math.atan2(x, Math.abs(z)) / Math.PI
    const column = Math.min(width - 1, Math.max(0, Math.floor(across * width)))
    const row = Math.min(height - 1, Math.max(0, Math.floor(((1 - y) / 2) * height)))
    const at = (row * width + column) * 3
    out[0] = light[at] ?? 0
    out[1] = light[at + 1] ?? 0
    out[2] = light[at + 2] ?? 0
  }
}

/** A made-up label: a ground, a band with a mark, a line or two that could be writing. */
function labelOf({ sku }: Product): Paint {
  const random = new Random(0, `label/${sku}`)
  const [ground, band, mark] = [ink(random), ink(random), ink(random)]
  const from = random.range(-0.6, 0)
  const to = from + random.range(0.4, 0.9)
  const round = random.chance(0.5)
  return (out, x, y, z) => {
    const isFront = z > -0.2
    let colour = ground
    if (y > from && y < to && isFront) colour = band
    if (isFront && (round ? x * x + (y - 0.35) ** 2 < 0.12 : Math.abs(x) < 0.55 && Math.abs(y - 0.4) < 0.14))
      colour = mark
    if (isFront && Math.abs(y + 0.72) < 0.05 && smoothNoise(x * 9, 0, 3) > 0.4) colour = mark
    write(out, colour)
  }
}

/** Packaging is seldom as pure as a colour can be: each is mixed with a grey. */
function ink(random: Random): Rgb {
  const grey = random.range(0.05, 0.75)
  const purity = random.range(0.1, 0.6)
  const part = (): number => grey * (1 - purity) + random.range(0.02, 0.8) * purity
  return [part(), part(), part()]
}

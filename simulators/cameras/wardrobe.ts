/** What somebody looks like: drawn from the seed, anew when they have changed their jacket. */
import { Random } from '../random.ts'
import type { Person } from '../world/person.ts'
import type { Rgb } from './paint.ts'

export interface Look {
  /** Breadth of the body against the usual one. */
  readonly build: number
  readonly skin: Rgb
  readonly hair: Rgb
  readonly hairStyle: 'short' | 'long' | 'bald'
  readonly top: Rgb
  /** The second colour of the pattern. */
  readonly trim: Rgb
  readonly pattern: 'plain' | 'stripes' | 'zip'
  readonly sleeves: 'short' | 'long'
  /** How far the top reaches below the waist, as a share of height: a shirt, a jacket, a coat. */
  readonly hem: number
  readonly trousers: Rgb
  readonly shoes: Rgb
  /** A bag on the back, by its colour. */
  readonly bag: Rgb | null
}

/** Shares of light thrown back, from very light to very dark skin, and from fair to black hair. */
const skins: readonly Rgb[] = [
  [0.72, 0.5, 0.4],
  [0.62, 0.41, 0.31],
  [0.5, 0.31, 0.21],
  [0.34, 0.19, 0.12],
  [0.19, 0.1, 0.065],
]
const hairs: readonly Rgb[] = [
  [0.02, 0.017, 0.015],
  [0.045, 0.028, 0.018],
  [0.1, 0.058, 0.03],
  [0.3, 0.2, 0.1],
  [0.33, 0.32, 0.31],
]
/** Jeans, black, grey, beige, dark green: what most legs in a shop wear. */
const trousers: readonly Rgb[] = [
  [0.05, 0.08, 0.17],
  [0.09, 0.14, 0.27],
  [0.02, 0.02, 0.022],
  [0.12, 0.12, 0.125],
  [0.38, 0.31, 0.21],
  [0.06, 0.075, 0.05],
]
const shoes: readonly Rgb[] = [
  [0.03, 0.03, 0.03],
  [0.6, 0.6, 0.6],
  [0.12, 0.07, 0.04],
]

export function lookOf({ identity, looks }: Person, seed: number): Look {
  const body = new Random(seed, `body/${identity.name}`)
  const clothes = new Random(seed, `clothes/${identity.name}/${looks}`)
  const skin = body.pick(skins)
  const hair = body.pick(hairs)
  const hairStyle = body.weighted({ short: 5, long: 4, bald: 1 })
  const build = body.range(0.9, 1.15)
  const legs = new Random(seed, `trousers/${identity.name}`)
  return {
    build,
    skin,
    hair,
    hairStyle,
    top: identity.staff ? [0.03, 0.22, 0.12] : cloth(clothes),
    trim: cloth(clothes),
    pattern: clothes.weighted({ plain: 5, stripes: 2, zip: 3 }),
    sleeves: clothes.chance(0.6) ? 'long' : 'short',
    hem: clothes.pick([0, 0.01, 0.02, 0.1]),
    trousers: legs.pick(trousers),
    shoes: legs.pick(shoes),
    bag: legs.chance(0.3) ? cloth(legs) : null,
  }
}

/** Any hue, mostly subdued, mostly dark: most cloth throws back less than a quarter of the light. */
function cloth(random: Random): Rgb {
  const value = 0.02 + 0.65 * random.next() ** 2
  const saturation = random.range(0, 1) ** 2 * 0.7
  const hue = random.range(0, 6)
  const part = (shift: number): number => {
    const k = (shift + hue) % 6
    return value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)))
  }
  return [part(5), part(3), part(1)]
}

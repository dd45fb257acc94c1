/** Which people stand at a shelf, and which cameras see a plate. Pure; metres. */
import type { Store } from '../../models/contracts/store.ts'
import type { Pair, Triple } from './matrix.ts'
import type { Eye } from './place.ts'

/** Arm and lean reach 0.95 m from the trunk (`edge/sensing/reach.ts`); half a plate and the error of a place beyond. */
const atShelfMetres = 1.3
/** Further off a hand is some pixels wide, and another camera is nearer. */
const farMetres = 8

/** Middles of all plates, by cell. */
export type Plates = ReadonlyMap<string, Triple>

export function platesOf({ fixtures }: Pick<Store, 'fixtures'>): Plates {
  const cells = fixtures.flatMap(({ shelves }) => shelves.flatMap(({ cells }) => cells))
  return new Map(cells.map(({ id, center }) => [id, center]))
}

export function isAtShelf(plates: Plates, [x, y]: Pair): boolean {
  for (const [px, py] of plates.values()) if (Math.hypot(px - x, py - y) <= atShelfMetres) return true
  return false
}

/** The cameras in whose pictures each plate lies, by cell. */
export function watchersOf(plates: Plates, eyes: Iterable<Eye>): ReadonlyMap<string, readonly string[]> {
  const all = [...eyes]
  return new Map([...plates].map(([cell, at]) => [cell, all.filter((eye) => sees(eye, at)).map(({ id }) => id)]))
}

function sees({ view, image }: Eye, at: Triple): boolean {
  const seen = view.project(at)
  if (seen === null || seen.depth > farMetres) return false
  const [u, v] = seen.pixel
  return u >= 0 && v >= 0 && u < image[0] && v < image[1]
}

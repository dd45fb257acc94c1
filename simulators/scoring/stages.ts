/** How well events were found, named and given to somebody; each stage is judged on what the one before got right. */
import type { ShelfEvent } from '../../models/contracts/bills.ts'
import type { Truth } from '../../models/contracts/recording.ts'

export interface Stages {
  /** Truth events found (time within 3 s, same kind, a cell in common); every piece counts by itself. */
  readonly detection: number
  /** Of those found, with the right SKU. */
  readonly product: number
  /** Of those found, given to the right shopper. */
  readonly association: number
  readonly pieces: number
  readonly found: number
  /** Pieces in the bills file's events that match nothing. */
  readonly invented: number
}

const windowMs = 3000

interface Piece {
  readonly ts: number
  readonly kind: 'pick' | 'put'
  readonly sku: string
  readonly cells: readonly string[]
  readonly shopper: string | null
}

interface Pair {
  readonly real: Piece
  readonly said: Piece
  readonly rightSku: boolean
  readonly rightShopper: boolean
  readonly apartMs: number
}

/** `isSame(real, said)`: whether two ids name one shopper. */
export function stagesOf(
  truth: Truth,
  events: readonly ShelfEvent[],
  isSame: (real: string, said: string) => boolean,
): Stages {
  const real = truth.events.flatMap(pieces)
  const said = events.flatMap(pieces)
  const pairs = match(real.flatMap((piece) => candidates(piece, said, isSame)))
  const share = (count: number, of: number): number => (of === 0 ? 1 : count / of)
  return {
    detection: share(pairs.length, real.length),
    product: share(pairs.filter(({ rightSku }) => rightSku).length, pairs.length),
    association: share(pairs.filter(({ rightShopper }) => rightShopper).length, pairs.length),
    pieces: real.length,
    found: pairs.length,
    invented: said.length - pairs.length,
  }
}

function pieces(event: Piece & { readonly quantity: number }): Piece[] {
  return Array.from({ length: event.quantity }, () => ({ ...event }))
}

function candidates(real: Piece, said: readonly Piece[], isSame: (real: string, said: string) => boolean): Pair[] {
  return said
    .filter(
      (piece) => piece.kind === real.kind && Math.abs(piece.ts - real.ts) <= windowMs && share(piece.cells, real.cells),
    )
    .map((piece) => ({
      real,
      said: piece,
      rightSku: piece.sku === real.sku,
      rightShopper: piece.shopper !== null && real.shopper !== null && isSame(real.shopper, piece.shopper),
      apartMs: Math.abs(piece.ts - real.ts),
    }))
}

function share(a: readonly string[], b: readonly string[]): boolean {
  return a.some((cell) => b.includes(cell))
}

/** Pairs each piece once: right ones first, then the nearest in time. */
function match(pairs: readonly Pair[]): Pair[] {
  const cost = (pair: Pair): number =>
    pair.apartMs + (pair.rightSku ? 0 : windowMs) + (pair.rightShopper ? 0 : windowMs)
  const used = new Set<Piece>()
  return [...pairs]
    .sort((a, b) => cost(a) - cost(b))
    .filter(({ real, said }) => {
      if (used.has(real) || used.has(said)) return false
      used.add(real).add(said)
      return true
    })
}

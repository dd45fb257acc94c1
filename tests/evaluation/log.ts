/** What a witness notes: what sensing said, and what is true. */
import type { Observation } from '../../edge/observations.ts'
import type { ShelfAct } from '../../simulators/world/ledger.ts'
import type { Person } from '../../simulators/world/person.ts'
import type { Part } from './true-change.ts'

/** In the order in which it became known. */
export type Entry = Sensed | TrueAct | Passage

export interface Sensed {
  readonly kind: 'sensed'
  readonly observation: Observation
  /** Who the shoppers that a change names really are, as far as their tracks tell. */
  readonly people: ReadonlyMap<string, Person>
}

export interface TrueAct {
  readonly kind: 'act'
  readonly act: ShelfAct
  readonly parts: readonly Part[]
}

/** Somebody came in, or has been gone for so long that no change of theirs can still settle. */
export interface Passage {
  readonly kind: 'came' | 'gone'
  readonly person: Person
  readonly ts: number
}

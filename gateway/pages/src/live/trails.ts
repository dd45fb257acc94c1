/** Where shoppers were a moment ago. Pure. */
import type { LiveView } from '../../../../models/contracts/http.ts'

type Point = readonly [number, number]
export type Trails = ReadonlyMap<string, readonly Point[]>

/** At five pictures a second these are the last four seconds. */
const maxPoints = 20

/** Adds each shopper's place, oldest first; forgets who left. Metres, store coordinates. */
export function extendTrails(trails: Trails, shoppers: LiveView['shoppers']): Trails {
  return new Map(
    shoppers.map(({ id, position }) => {
      const before = trails.get(id) ?? []
      return [id, position === null ? before : [...before, position].slice(-maxPoints)]
    }),
  )
}

/** People before a tracker and gates, frame by frame. */
import type { Store } from '../../models/contracts/store.ts'
import { store } from '../fixture.ts'
import type { Observation } from '../observations.ts'
import type { Sighting } from './person.ts'
import { newPresence, type PresenceState, seeTargets, settlePresence } from './presence.ts'

export const frameMs = 100

/** Who is seen where at each frame, by tracker id; x, y in metres. The fixture's door is x 4 to 6, y -3 to -2. */
export type Frame = Readonly<Record<string, readonly [number, number]>>

/** The fixture's shop with a gate at its door. */
export const gated: Store = {
  ...store,
  entry: 'gated',
  devices: [...store.devices, { id: 'gate1', kind: 'gate', zone: 'door' }],
}

/** What is observed, in words. `gate` is called before each frame. */
export function follow(
  frames: readonly Frame[],
  gate: (ms: number, state: PresenceState) => void = () => {},
  state = newPresence(),
  shop = store,
): string[] {
  const observations: Observation[] = frames.flatMap((frame, i) => {
    const t = (i + 1) * frameMs
    gate(t, state)
    const seen = Object.entries(frame).map(
      ([target, [x, y]]): Sighting => ({ target, headZ: 1.7, frame: { t, x, y, hands: [[], []] } }),
    )
    return [...seeTargets(state, shop, seen, t), ...settlePresence(state, shop, t, null)]
  })
  return observations.map((o) => ('shopper' in o ? `${o.kind} ${o.shopper}` : o.kind))
}

export const still = (place: Frame, frames: number): Frame[] => Array.from({ length: frames }, () => place)

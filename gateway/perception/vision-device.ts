/** Under which device the store's own cameras publish whom they see. Pure. */
import type { Store } from '../../models/contracts/store.ts'

const id = 'vision'

/** Null where the store has no camera, or a tracker of another make, beside which everybody would be seen twice. */
export function visionDevice({ devices }: Pick<Store, 'devices'>): string | null {
  const cameras = devices.some(({ kind }) => kind === 'camera')
  const taken = devices.some((device) => (device.id === id) !== (device.kind === 'tracker'))
  return cameras && !taken ? id : null
}

/** The store with that device, so that ingest takes what it says; a store that has it or needs none as it is. */
export function withVision<Some extends Pick<Store, 'devices'>>(store: Some): Some {
  const device = visionDevice(store)
  if (device === null || store.devices.some((each) => each.id === device)) return store
  return { ...store, devices: [...store.devices, { id: device, kind: 'tracker' }] }
}

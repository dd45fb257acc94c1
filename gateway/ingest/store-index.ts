/** What ingest asks of the store file, each answered by one look-up. */
import type { DeviceKind, Store } from '../../models/contracts/store.ts'
import type { DeviceChannel } from '../../models/contracts/topics.ts'

/** Kinds that use a channel; a channel that is not listed is open to every kind. */
const kindsByChannel: Partial<Record<DeviceChannel, readonly DeviceKind[]>> = {
  'raw/weight': ['shelf'],
  'event/weight': ['shelf'],
  'event/product': ['camera', 'tracker'],
  'raw/frame': ['camera'],
  'raw/targets': ['tracker'],
  'event/adv': ['receiver'],
  'event/scan': ['gate', 'locker', 'desk'],
  'event/passage': ['gate'],
}

export function kindsOf(channel: DeviceChannel): readonly DeviceKind[] | null {
  return kindsByChannel[channel] ?? null
}

export interface StoreIndex {
  readonly storeId: string
  readonly kinds: ReadonlyMap<string, DeviceKind>
  /** Device by cell. */
  readonly cells: ReadonlyMap<string, string>
}

export function indexStore(store: Store): StoreIndex {
  const shelves = store.fixtures.flatMap((fixture) => fixture.shelves)
  return {
    storeId: store.id,
    kinds: new Map(store.devices.map(({ id, kind }) => [id, kind])),
    cells: new Map(shelves.flatMap(({ device, cells }) => cells.map(({ id }) => [id, device] as const))),
  }
}

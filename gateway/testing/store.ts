/** A small store and its messages, for the gateway's tests. */
import { parseStore, type Store } from '../../models/contracts/store.ts'
import type { IncomingMessage } from '../ingest/message.ts'

/** 2026-01-01T10:00:00Z, milliseconds. */
export const t0 = 1_767_261_600_000

const cell = (id: string, x: number) => ({ id, center: [x, 0.7, 0.95], size: [0.1, 0.4] })

const file = {
  schema: 'tillfree.store/1',
  id: 's1',
  name: 'Test store',
  currency: 'EUR',
  timezone: 'Europe/Rome',
  entry: 'gated',
  zones: [
    {
      id: 'door',
      kind: 'entry-exit',
      polygon: [
        [0, 0],
        [1, 0],
        [1, 2],
      ],
    },
  ],
  fixtures: [
    {
      id: 'f1',
      kind: 'gondola',
      front: [0, 1],
      shelves: [
        { id: 'g1-s1', device: 'g1', cells: [cell('c1', 1), cell('c2', 1.1)] },
        { id: 'g2-s1', device: 'g2', cells: [cell('d1', 2)] },
      ],
    },
  ],
  products: [{ sku: 'water', name: 'Water', priceMinor: 150, taxRate: 0.1, massGrams: { mean: 538, sd: 4 } }],
  planogram: [{ sku: 'water', cells: ['c1', 'c2'] }],
  devices: [
    { id: 'g1', kind: 'shelf' },
    { id: 'g2', kind: 'shelf' },
    {
      id: 'cam1',
      kind: 'camera',
      image: [640, 480],
      intrinsics: { fx: 500, fy: 500, cx: 320, cy: 240 },
      position: [2, 2, 2.8],
      lookAt: [2, 2, 0],
      up: [0, 1, 0],
    },
    { id: 'trk', kind: 'tracker' },
    { id: 'rx1', kind: 'receiver', position: [0, 0, 2.5] },
    { id: 'gate1', kind: 'gate', zone: 'door' },
  ],
}

export function testStore(): Store {
  const parsed = parseStore(file)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults))
  return parsed.value
}

interface Sent {
  readonly device?: string
  readonly channel?: string
  readonly seq?: number
  readonly boot?: string
  readonly id?: string
  /** Milliseconds after t0 by the device's clock. */
  readonly at?: number
  /** Milliseconds from `at` to the arrival. */
  readonly delayMs?: number
  readonly retain?: boolean
  readonly data?: unknown
}

/** A passage at `gate1` unless said otherwise: one instant, kept by every policy. */
export function sent(message: Sent = {}): IncomingMessage {
  const { device = 'gate1', channel = 'event/passage', seq = 0, boot = 'b1', at = 0, delayMs = 50 } = message
  const { data = { direction: 'in' }, id, retain = false } = message
  const envelope = { v: 1, ts: t0 + at, boot, seq, data, ...(id === undefined ? {} : { id }) }
  return {
    arrivedAt: t0 + at + delayMs,
    topic: `tillfree/1/s1/dev/${device}/${channel}`,
    body: { kind: 'json', value: envelope },
    retain,
  }
}

export function sentBytes(channel: string, bytes: Uint8Array, device = 'gate1'): IncomingMessage {
  return { arrivedAt: t0, topic: `tillfree/1/s1/dev/${device}/${channel}`, body: { kind: 'bytes', bytes } }
}

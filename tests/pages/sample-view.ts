/** A picture of a busy demonstration shop, for the page tests. */
import type { DeviceView, LiveView, ShopperView } from '../../models/contracts/http.ts'
import type { Store } from '../../models/contracts/store.ts'
import { lateSummary } from './sample-late.ts'
import { summary } from './sample-review.ts'

/** Milliseconds since the epoch: 14:03:12 in Rome. */
const sampleTime = Date.UTC(2026, 10, 21, 13, 3, 12)

export function sampleView(store: Store): LiveView {
  return {
    storeId: store.id,
    time: sampleTime,
    shoppers: [
      shopper(store, 't-7', [2.6, 2.75], [0, 4], { account: 'anna' }),
      shopper(store, 't-8', [4.3, 4.9], [2]),
      shopper(store, 't-9', [0.8, 1.1], [], { state: 'leaving' }),
      shopper(store, 't-10', [1.6, 4.7], [1, 3, 6, 9], { state: 'lost', account: 'bruno' }),
      shopper(store, 't-11', null, [5], { state: 'lost' }),
      shopper(store, 'marta-from-staff', [5.4, 0.5], [], { staff: true, account: 'marta-from-staff' }),
    ],
    problems: [],
    notices: [],
    events: Array.from({ length: 24 }, (_, i) => shelfEvent(store, i)),
    bills: [
      bill(store, 't-3', [0, 1, 2], { account: 'carla' }),
      bill(store, 't-4', []),
      bill(store, 't-5', [7, 8], { status: 'review' }),
      bill(store, 't-6', [3], { delivered: false, account: 'dora' }),
    ],
    waitingBills: 1,
    reviews: [summary('trip-of-t-5', sampleTime - 150_000), summary('trip-of-t-2', sampleTime - 100_000)],
    openReviews: 2,
    late: [lateSummary(store, sampleTime - 60_000)],
    openLate: 1,
    devices: store.devices.map(device),
    rejected: [
      {
        cause: 'schema',
        count: 12,
        example: 'g3 raw/weight: a field is missing or wrong. /data/rateHz: found "60", wanted number',
      },
      {
        cause: 'clock',
        count: 1,
        example:
          'rx2 event/adv: the time is too far from when the message arrived. /ts: found 1795255392000, wanted 1795258992000 within 60 s',
      },
    ],
  }
}

/** The confidence of a line goes by its product: some sure, some likely, some unsure. */
const confidences = [0.98, 0.95, 0.78, 0.99, 0.55]

function lines(store: Store, picks: readonly number[]): ShopperView['items'] {
  return picks.flatMap((pick, i) => {
    const product = store.products[pick]
    if (product === undefined) return []
    const quantity = 1 + (i % 2)
    const { sku, name, priceMinor } = product
    return [{ sku, name, quantity, totalMinor: priceMinor * quantity, confidence: confidences[pick % 5] ?? 1 }]
  })
}

const totalOf = (items: ShopperView['items']) => items.reduce((sum, { totalMinor }) => sum + totalMinor, 0)

function shopper(
  store: Store,
  id: string,
  position: ShopperView['position'],
  picks: readonly number[],
  changes: Partial<ShopperView> = {},
): ShopperView {
  const items = lines(store, picks)
  const enteredAt = sampleTime - 200_000 + Number(id.slice(2) || 0) * 10_000 || sampleTime - 900_000
  return {
    id,
    account: null,
    staff: false,
    state: 'inside',
    position,
    enteredAt,
    items,
    totalMinor: totalOf(items),
    ...changes,
  }
}

function shelfEvent(store: Store, i: number): LiveView['events'][number] {
  const facing = store.planogram[(i * 7) % store.planogram.length]
  if (facing === undefined) throw new Error('the sample store has a planogram')
  return {
    ts: sampleTime - (24 - i) * 4000,
    kind: i % 5 === 3 ? 'put' : 'pick',
    sku: facing.sku,
    quantity: 1 + (i % 3 === 0 ? 1 : 0),
    cells: facing.cells,
    shopper: i % 11 === 10 ? null : `t-${7 + (i % 4)}`,
    confidence: confidences[i % 5] ?? 1,
  }
}

type Bill = LiveView['bills'][number]

function bill(store: Store, shopperId: string, picks: readonly number[], changes: Partial<Bill> = {}): Bill {
  const billed = lines(store, picks)
  return {
    tripId: `trip-of-${shopperId}`,
    shopper: shopperId,
    account: null,
    endedAt: sampleTime - 300_000 + Number(shopperId.slice(2)) * 30_000,
    status: 'final',
    lines: billed,
    currency: store.currency,
    totalMinor: totalOf(billed),
    delivered: true,
    ...changes,
  }
}

function device({ id, kind }: Store['devices'][number], i: number): DeviceView {
  const working: DeviceView = {
    id,
    kind,
    state: 'online',
    why: 'it said that it is online, and messages come as they should',
    lastSeen: sampleTime - i * 150,
    messages: 18_231 + i * 977,
    lost: i % 3 === 0 ? 4 : 0,
    duplicates: i % 4 === 0 ? 17 : 0,
    rejected: 0,
    clockOffsetMs: i * 60,
    battery: kind === 'receiver' ? 83 : null,
    model: 'Simulated shelf',
    firmware: '1.2.0',
  }
  return { ...working, ...troubles[i] }
}

const troubles: Readonly<Record<number, Partial<DeviceView>>> = {
  1: {
    state: 'silent',
    why: 'nothing heard for 42 s, though it sends five times a second',
    lastSeen: sampleTime - 42_000,
  },
  3: {
    state: 'offline',
    why: 'the broker lost its connection',
    lastSeen: sampleTime - 3_700_000,
    rejected: 12,
    lost: 803,
  },
  4: { clockOffsetMs: -4210, model: null, firmware: null },
  6: {
    state: 'never-seen',
    why: 'it stands in the store file and has not said anything yet',
    lastSeen: null,
    messages: 0,
    lost: 0,
    clockOffsetMs: null,
    battery: 11,
    model: null,
    firmware: null,
  },
}

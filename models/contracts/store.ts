/** The store file, `store.json`: geometry, products, planogram and devices of one shop. */
import { type Static, Type } from 'typebox'
import {
  CurrencySchema,
  IdSchema,
  isOfEveryObject,
  MassSchema,
  MinorUnitsSchema,
  PointSchema,
  PositionSchema,
  RateSchema,
} from './units.ts'
import { compile, type Fault, renderFound, type Validated } from './validate.ts'

export const zoneKinds = ['entry', 'exit', 'entry-exit', 'staff', 'locker', 'area'] as const

const ZoneSchema = Type.Object({
  id: IdSchema,
  kind: Type.Enum([...zoneKinds], { description: 'what the zone is for' }),
  polygon: Type.Array(PointSchema, { minItems: 3, maxItems: 100, description: 'corners in order, open or closed' }),
})

const CellSchema = Type.Object({
  id: IdSchema,
  center: PositionSchema,
  size: Type.Tuple(
    [Type.Number({ exclusiveMinimum: 0, maximum: 20 }), Type.Number({ exclusiveMinimum: 0, maximum: 20 })],
    { description: '[along the shelf, depth] in metres' },
  ),
})

const ShelfSchema = Type.Object({
  id: IdSchema,
  device: IdSchema,
  cells: Type.Array(CellSchema, { minItems: 1, maxItems: 200, description: 'scale plates in order along the shelf' }),
})

const FixtureSchema = Type.Object({
  id: IdSchema,
  kind: Type.String({ minLength: 1, maxLength: 64, description: 'gondola, fridge, table, …' }),
  front: Type.Tuple([Type.Number({ minimum: -1, maximum: 1 }), Type.Number({ minimum: -1, maximum: 1 })], {
    description: 'unit vector [x, y] that the open side faces',
  }),
  shelves: Type.Array(ShelfSchema, { maxItems: 50 }),
})

/** It stands on bills, which no service takes with U+0000. */
const NameSchema = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: '^[^\\x00]+$',
  description: 'as people call it',
})

const ProductSchema = Type.Object({
  sku: IdSchema,
  gtin: Type.Optional(Type.String({ pattern: '^[0-9]{8,14}$', description: 'GTIN-8, -12, -13 or -14 (GS1)' })),
  name: NameSchema,
  priceMinor: MinorUnitsSchema,
  taxRate: RateSchema,
  massGrams: Type.Object({
    mean: MassSchema,
    sd: Type.Union([Type.Number({ minimum: 0, maximum: 1e5 }), Type.Null()], {
      description: 'standard deviation between packages in grams, null when unknown',
    }),
  }),
})

const FacingSchema = Type.Object({
  sku: IdSchema,
  cells: Type.Array(IdSchema, { minItems: 1, maxItems: 200, description: 'the plates that the facing spans' }),
})

const focal = Type.Number({ exclusiveMinimum: 0, maximum: 1e5, description: 'pixels' })
const pixel = Type.Number({ minimum: -1e5, maximum: 1e5, description: 'pixels' })

const radial = Type.Number({
  minimum: -10,
  maximum: 10,
  description: 'radial: how much the 2nd, 4th or 6th power bends',
})
const tangential = Type.Number({ minimum: -1, maximum: 1, description: 'tangential: a lens that is not straight' })
const DistortionSchema = Type.Object(
  { k1: radial, k2: radial, p1: tangential, p2: tangential, k3: Type.Optional(radial) },
  { description: 'of the lens, after Brown and Conrady, as OpenCV writes it; none when absent' },
)

/** See `devices/camera/view.ts`. */
const ViewSchema = Type.String({
  pattern: '^[A-Za-z0-9+/]{512}$',
  description:
    'where the edges are in the view that was calibrated (base64), so that a camera that was turned is noticed',
})

/** User names and passwords are not for a file that every page can read: `--camera-logins` has them. */
const StreamSchema = Type.String({
  maxLength: 500,
  pattern: '^(rtsps?|https?)://[^@/\\s]+(/\\S*)?$',
  description:
    'address of its stream (RTSP, or MJPEG over HTTP) without a login; absent: it sends JPEG over MQTT, or none',
})

const DeviceSchema = Type.Union([
  Type.Object({ id: IdSchema, kind: Type.Literal('shelf') }),
  Type.Object({
    id: IdSchema,
    kind: Type.Literal('camera'),
    image: Type.Tuple([Type.Integer({ minimum: 1, maximum: 10_000 }), Type.Integer({ minimum: 1, maximum: 10_000 })]),
    intrinsics: Type.Object({ fx: focal, fy: focal, cx: pixel, cy: pixel }),
    distortion: Type.Optional(DistortionSchema),
    position: PositionSchema,
    lookAt: PositionSchema,
    up: PositionSchema,
    stream: Type.Optional(StreamSchema),
    view: Type.Optional(ViewSchema),
  }),
  Type.Object({ id: IdSchema, kind: Type.Literal('tracker') }),
  Type.Object({ id: IdSchema, kind: Type.Literal('receiver'), position: PositionSchema }),
  Type.Object({ id: IdSchema, kind: Type.Literal('gate'), zone: IdSchema }),
  Type.Object({ id: IdSchema, kind: Type.Enum(['locker', 'desk'], { description: 'what reads codes besides gates' }) }),
])

export const StoreSchema = Type.Object(
  {
    schema: Type.Literal('tillfree.store/1'),
    id: IdSchema,
    name: NameSchema,
    currency: CurrencySchema,
    timezone: Type.String({ minLength: 1, maxLength: 64, description: 'IANA time zone' }),
    entry: Type.Enum(['open', 'gated'], { description: 'open: whoever walks in; gated: a scan opens the gate' }),
    zones: Type.Array(ZoneSchema, { maxItems: 1000 }),
    fixtures: Type.Array(FixtureSchema, { maxItems: 1000 }),
    products: Type.Array(ProductSchema, { maxItems: 100_000 }),
    planogram: Type.Array(FacingSchema, { maxItems: 100_000 }),
    devices: Type.Array(DeviceSchema, { maxItems: 10_000 }),
  },
  { $id: 'tillfree.store/1', title: 'Store file', description: 'One shop: geometry, products, planogram, devices' },
)

export type Store = Static<typeof StoreSchema>
export type Zone = Static<typeof ZoneSchema>
export type Fixture = Static<typeof FixtureSchema>
export type Shelf = Static<typeof ShelfSchema>
export type Cell = Static<typeof CellSchema>
export type Product = Static<typeof ProductSchema>
export type Facing = Static<typeof FacingSchema>
export type Device = Static<typeof DeviceSchema>
export type DeviceKind = Device['kind']

const checkShape = compile(StoreSchema)

/** Checks shape, then that every reference leads somewhere and every id is used once. Never throws. */
export function parseStore(value: unknown): Validated<Store> {
  const shape = checkShape(value)
  if (!shape.ok) return shape
  const faults = [...duplicateFaults(shape.value), ...referenceFaults(shape.value)]
  return faults.length === 0 ? shape : { ok: false, faults: faults.slice(0, 20) }
}

/** Parses the text of a store file: a JSON error becomes a fault like any other. */
export function parseStoreText(text: string): Validated<Store> {
  try {
    return parseStore(JSON.parse(text))
  } catch (error) {
    return { ok: false, faults: [{ where: '', found: (error as Error).message, wanted: 'a JSON document' }] }
  }
}

interface Named {
  readonly id: string
  readonly where: string
}

function allCells(store: Store): Named[] {
  return store.fixtures.flatMap((fixture, f) =>
    fixture.shelves.flatMap((shelf, s) =>
      shelf.cells.map((cell, c) => ({ id: cell.id, where: `/fixtures/${f}/shelves/${s}/cells/${c}/id` })),
    ),
  )
}

function duplicateFaults(store: Store): Fault[] {
  const named = (list: readonly { id: string }[], path: string): Named[] =>
    list.map(({ id }, i) => ({ id, where: `/${path}/${i}/id` }))
  const shelves = store.fixtures.flatMap((fixture, f) =>
    fixture.shelves.map(({ id }, s) => ({ id, where: `/fixtures/${f}/shelves/${s}/id` })),
  )
  const skus = store.products.map(({ sku }, i) => ({ id: sku, where: `/products/${i}/sku` }))
  return [
    allCells(store),
    shelves,
    skus,
    named(store.zones, 'zones'),
    named(store.fixtures, 'fixtures'),
    named(store.devices, 'devices'),
  ].flatMap(repeated)
}

function repeated(list: readonly Named[]): Fault[] {
  const seen = new Set<string>()
  return list.flatMap(({ id, where }) => {
    if (isOfEveryObject(id)) return [{ where, found: renderFound(id), wanted: 'a name that JavaScript does not use' }]
    if (!seen.has(id)) {
      seen.add(id)
      return []
    }
    return [{ where, found: renderFound(id), wanted: 'an id that is used once' }]
  })
}

function referenceFaults(store: Store): Fault[] {
  const cells = new Set(allCells(store).map(({ id }) => id))
  const skus = new Set(store.products.map(({ sku }) => sku))
  const zones = new Set(store.zones.map(({ id }) => id))
  const shelfDevices = new Set(store.devices.flatMap(({ id, kind }) => (kind === 'shelf' ? [id] : [])))
  const missing = (ok: boolean, where: string, id: string, wanted: string): Fault[] =>
    ok ? [] : [{ where, found: renderFound(id), wanted }]
  return [
    ...store.planogram.flatMap((facing, i) => [
      ...missing(skus.has(facing.sku), `/planogram/${i}/sku`, facing.sku, 'the sku of a product'),
      ...facing.cells.flatMap((cell, c) =>
        missing(cells.has(cell), `/planogram/${i}/cells/${c}`, cell, 'the id of a cell of a shelf'),
      ),
    ]),
    ...store.fixtures.flatMap((fixture, f) =>
      fixture.shelves.flatMap((shelf, s) =>
        missing(
          shelfDevices.has(shelf.device),
          `/fixtures/${f}/shelves/${s}/device`,
          shelf.device,
          'the id of a device of kind "shelf"',
        ),
      ),
    ),
    ...store.devices.flatMap((device, d) =>
      device.kind === 'gate'
        ? missing(zones.has(device.zone), `/devices/${d}/zone`, device.zone, 'the id of a zone')
        : [],
    ),
    ...frontFaults(store),
  ]
}

/** `front` is a unit vector; a length off by more than 5 % is a mistake rather than rounding. */
function frontFaults(store: Store): Fault[] {
  return store.fixtures.flatMap(({ front }, f) =>
    Math.abs(Math.hypot(...front) - 1) < 0.05
      ? []
      : [{ where: `/fixtures/${f}/front`, found: renderFound(front), wanted: 'a vector of length 1' }],
  )
}

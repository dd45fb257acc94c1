/** What devices say: the envelope, and the `data` of each channel (contract section 2). */
import { type Static, Type } from 'typebox'
import {
  beaconIdFields,
  CodeSchema,
  ConfidenceSchema,
  GramsSchema,
  IdSchema,
  MetresSchema,
  TimestampSchema,
} from './units.ts'
import { compile, type Fault, type Validated } from './validate.ts'

const dbm = Type.Number({ minimum: -150, maximum: 30, description: 'dBm' })

export const StatusSchema = Type.Enum(['online', 'offline'], {
  description: 'plain text, retained, also the last will',
})

export const MetaSchema = Type.Object({
  model: Type.Optional(Type.String({ maxLength: 200, description: 'make and model' })),
  firmware: Type.Optional(Type.String({ maxLength: 200, description: 'version of the firmware' })),
  channels: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 })),
})

export const TelemetrySchema = Type.Object({
  battery: Type.Optional(
    Type.Union([Type.Number({ minimum: 0, maximum: 100 }), Type.Null()], { description: 'percent; null: it has none' }),
  ),
  rssi: Type.Optional(dbm),
  uptime: Type.Optional(Type.Number({ minimum: 0, maximum: 1e12, description: 'milliseconds since the start' })),
})

/** 600 samples are 10 s at 60 Hz; 2,000 cells are the largest cabinet on one device with room to spare. */
export const RawWeightSchema = Type.Object({
  rateHz: Type.Number({ minimum: 0.01, maximum: 1000, description: 'samples a second of each cell' }),
  cells: Type.Record(
    Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' }),
    Type.Array(Type.Union([GramsSchema, Type.Null()]), { maxItems: 600 }),
    { maxProperties: 2000, description: 'readings by cell in grams, null where one is missing; ts is the first one' },
  ),
})

export const WeightEventSchema = Type.Object({
  cell: IdSchema,
  deltaGrams: GramsSchema,
  sdGrams: Type.Number({ minimum: 0, maximum: 1e5, description: 'standard deviation of deltaGrams in grams' }),
  from: TimestampSchema,
  to: TimestampSchema,
})

/** What a camera saw of a thing that was moved at a shelf; its likelihoods are on any common scale above 0. */
export const ProductEventSchema = Type.Object({
  cells: Type.Array(IdSchema, { minItems: 1, maxItems: 100, description: 'the plates that it may be about' }),
  from: TimestampSchema,
  to: TimestampSchema,
  likelihoods: Type.Record(
    Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' }),
    Type.Number({ minimum: 0, maximum: 1e6, description: 'of the picture, if it was this product' }),
    { maxProperties: 1000, description: 'by SKU; from and to: when the hand was at the shelf' },
  ),
  rest: Type.Number({
    exclusiveMinimum: 0,
    maximum: 1e6,
    description: 'the same for each other SKU, and for no merchandise at all',
  }),
})

export const jointNames = [
  'head',
  'neck',
  'leftShoulder',
  'rightShoulder',
  'leftElbow',
  'rightElbow',
  'leftWrist',
  'rightWrist',
] as const
export type JointName = (typeof jointNames)[number]

const JointSchema = Type.Tuple([MetresSchema, MetresSchema, MetresSchema, ConfidenceSchema], {
  description: '[x, y, z, score], metres and 0 to 1',
})
export type Joint = Static<typeof JointSchema>

const ErrorSchema = Type.Number({
  minimum: 0,
  maximum: 10,
  description: 'one standard deviation of the distance from the true place, metres',
})

const TargetSchema = Type.Object({
  id: IdSchema,
  joints: Type.Object(
    Object.fromEntries(jointNames.map((name) => [name, Type.Optional(JointSchema)])) as Record<
      JointName,
      ReturnType<typeof Type.Optional<typeof JointSchema>>
    >,
  ),
  errors: Type.Optional(
    Type.Object(
      Object.fromEntries(jointNames.map((name) => [name, Type.Optional(ErrorSchema)])) as Record<
        JointName,
        ReturnType<typeof Type.Optional<typeof ErrorSchema>>
      >,
      { description: 'of joints that are placed less surely than to the usual 3 to 5 cm' },
    ),
  ),
})
export interface Target {
  readonly id: string
  readonly joints: Readonly<Partial<Record<JointName, Joint>>>
  readonly errors?: Readonly<Partial<Record<JointName, number>>>
}

export const TargetsSchema = Type.Object({
  targets: Type.Array(TargetSchema, { maxItems: 1000, description: 'everybody seen at ts' }),
})

const BeaconSchema = Type.Object({
  kind: Type.String({ minLength: 1, maxLength: 32, description: 'ibeacon, …' }),
  ...beaconIdFields,
  measuredPower: Type.Optional(dbm),
})

export const AdvSchema = Type.Object({
  advs: Type.Array(
    Type.Object({
      address: Type.String({ minLength: 1, maxLength: 64, description: 'BLE address, which may rotate' }),
      rssi: dbm,
      beacon: Type.Optional(BeaconSchema),
    }),
    { maxItems: 1000 },
  ),
})

export const ScanSchema = Type.Object({ code: CodeSchema })
export const PassageSchema = Type.Object({
  direction: Type.Enum(['in', 'out'], { description: 'into the shop or out of it' }),
})

/** `data` by channel: the one table from which validators, types and the AsyncAPI document come. */
export const channelSchemas = {
  meta: MetaSchema,
  tele: TelemetrySchema,
  'raw/weight': RawWeightSchema,
  'event/weight': WeightEventSchema,
  'event/product': ProductEventSchema,
  'raw/targets': TargetsSchema,
  'event/adv': AdvSchema,
  'event/scan': ScanSchema,
  'event/passage': PassageSchema,
} as const
export type JsonChannel = keyof typeof channelSchemas
export type ChannelData<C extends JsonChannel> = Static<(typeof channelSchemas)[C]>

export const envelopeFields = {
  v: Type.Literal(1, { description: 'version of the envelope' }),
  id: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 128,
      description: 'name of the message; with the same `ts` it is the same message',
    }),
  ),
  ts: TimestampSchema,
  boot: Type.String({ minLength: 1, maxLength: 64, description: 'changes at each start of the device' }),
  seq: Type.Integer({ minimum: 0, description: 'counts from 0 within a boot' }),
}

/** A message of one channel, in its envelope. */
export interface Envelope<C extends JsonChannel> {
  readonly v: 1
  readonly id?: string
  readonly ts: number
  readonly boot: string
  readonly seq: number
  readonly data: ChannelData<C>
}

const validators = Object.fromEntries(
  Object.entries(channelSchemas).map(([channel, data]) => [channel, compile(Type.Object({ ...envelopeFields, data }))]),
) as unknown as { readonly [C in JsonChannel]: (value: unknown) => Validated<Envelope<C>> }

export function isJsonChannel(channel: string): channel is JsonChannel {
  return Object.hasOwn(channelSchemas, channel)
}

/** Checks a parsed JSON message of a channel. Never throws. */
export function parseMessage<C extends JsonChannel>(channel: C, value: unknown): Validated<Envelope<C>> {
  const result = validators[channel](value)
  if (!result.ok) return result
  const fault = timeFault(channel, result.value)
  return fault === null ? result : { ok: false, faults: [fault] }
}

/** A batch spans seconds, and a report tells of the minutes before it; more is a wrong unit or a wrong clock. */
const longestBatchMs = 60_000
const longestReportMs = 3_600_000

function timeFault(channel: JsonChannel, envelope: Envelope<JsonChannel>): Fault | null {
  if (channel === 'raw/weight') return batchFault(envelope as Envelope<'raw/weight'>)
  const spans = channel === 'event/weight' || channel === 'event/product'
  return spans ? reportFault(envelope as Envelope<'event/weight' | 'event/product'>) : null
}

function batchFault({ data: { rateHz, cells } }: Envelope<'raw/weight'>): Fault | null {
  const samples = Object.values(cells).reduce((most, readings) => Math.max(most, readings.length), 1)
  const spanMs = ((samples - 1) * 1000) / rateHz
  if (spanMs <= longestBatchMs) return null
  const found = `${samples} readings at ${rateHz} Hz, ${Math.round(spanMs / 1000)} s of them`
  return { where: '/data/cells', found, wanted: `at most ${longestBatchMs / 1000} s in a message` }
}

function reportFault({ ts, data: { from, to } }: Envelope<'event/weight' | 'event/product'>): Fault | null {
  if (from > to) return { where: '/data/to', found: String(to), wanted: `a time not before from (${from})` }
  if (to > ts + longestBatchMs) return { where: '/data/to', found: String(to), wanted: `a time not after ts (${ts})` }
  if (from >= ts - longestReportMs) return null
  return { where: '/data/from', found: String(from), wanted: `a time within an hour before ts (${ts})` }
}

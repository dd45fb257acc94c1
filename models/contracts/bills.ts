/** The bills file: what a replay writes (contract section 4). */
import { type Static, Type } from 'typebox'
import { eventKinds } from './recording.ts'
import {
  ConfidenceSchema,
  CurrencySchema,
  IdSchema,
  MinorUnitsSchema,
  QuantitySchema,
  TimestampSchema,
} from './units.ts'
import { compile } from './validate.ts'

const ShopperSchema = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'target id that the shopper was first seen as, or the account',
})

export const BillSchema = Type.Object({
  shopper: ShopperSchema,
  aliases: Type.Array(Type.String(), { description: 'other target ids of the same person or group' }),
  account: Type.Union([IdSchema, Type.Null()]),
  status: Type.Enum(['final', 'review'], { description: 'review: not sure enough to charge unseen' }),
  items: Type.Array(Type.Object({ sku: IdSchema, quantity: QuantitySchema, confidence: ConfidenceSchema })),
  currency: CurrencySchema,
  totalMinor: MinorUnitsSchema,
  confidence: Type.Optional(
    Type.Number({ minimum: 0, maximum: 1, description: 'probability that the whole bill is exactly right' }),
  ),
})
export type Bill = Static<typeof BillSchema>

export const ShelfEventSchema = Type.Object({
  ts: TimestampSchema,
  kind: Type.Enum([...eventKinds], { description: 'taken from a shelf, or put on one' }),
  sku: IdSchema,
  quantity: QuantitySchema,
  cells: Type.Array(IdSchema),
  shopper: Type.Union([Type.String(), Type.Null()], { description: 'null: nobody that was seen' }),
  confidence: ConfidenceSchema,
})
export type ShelfEvent = Static<typeof ShelfEventSchema>

export const BillsFileSchema = Type.Object(
  {
    store: IdSchema,
    bills: Type.Array(BillSchema),
    events: Type.Array(ShelfEventSchema),
    stats: Type.Object({
      messages: Type.Integer({ minimum: 0, description: 'messages that were read' }),
      rejected: Type.Integer({ minimum: 0, description: 'messages that were refused' }),
      wallMs: Type.Number({
        minimum: 0,
        description: 'milliseconds that the replay took; alone may differ between runs',
      }),
      recordedMs: Type.Number({ minimum: 0, description: 'milliseconds from the first arrival to the last' }),
    }),
  },
  { title: 'bills.json' },
)
export type BillsFile = Static<typeof BillsFileSchema>
export const parseBillsFile = compile(BillsFileSchema)

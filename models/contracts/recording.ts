/** A recording: a folder of `store.json`, `recording.jsonl[.gz]` and optionally `accounts.json`, `truth.json`. */
import { type Static, Type } from 'typebox'
import { EntryKeySchema, mostPhones } from './entry.ts'
import { RefusedSchema } from './payments.ts'
import { beaconIdFields, CodeSchema, IdSchema, QuantitySchema, TimestampSchema } from './units.ts'
import { compile } from './validate.ts'

export const RecordingLineSchema = Type.Object(
  {
    t: TimestampSchema,
    topic: Type.String({ minLength: 1, maxLength: 1000, description: 'MQTT topic' }),
    qos: Type.Optional(Type.Integer({ minimum: 0, maximum: 2, description: 'MQTT quality of service' })),
    retain: Type.Optional(Type.Boolean({ description: 'MQTT retain flag' })),
    json: Type.Optional(Type.Unknown()),
    text: Type.Optional(Type.String({ description: 'a payload that is plain text' })),
    b64: Type.Optional(Type.String({ description: 'base64 of a payload that is neither JSON nor text' })),
  },
  { title: 'Recording line', description: 'one MQTT message in order of arrival; exactly one of json, text, b64' },
)
export type RecordingLine = Static<typeof RecordingLineSchema>
export const parseRecordingLine = compile(RecordingLineSchema)

export const AccountsSchema = Type.Array(
  Type.Object({
    id: IdSchema,
    codes: Type.Array(CodeSchema, { maxItems: 10_000, description: 'codes that were good when they were scanned' }),
    beacon: Type.Optional(Type.Object(beaconIdFields)),
    entryKeys: Type.Optional(
      Type.Array(EntryKeySchema, {
        maxItems: mostPhones,
        description: 'of the phones that make codes of this account',
      }),
    ),
    staff: Type.Optional(Type.Boolean({ description: 'works in the shop and owes nothing' })),
    refused: Type.Optional(RefusedSchema),
    erased: Type.Optional(
      Type.Boolean({ description: 'the account is no more: what is kept of it goes, and it is let in nowhere' }),
    ),
  }),
  { title: 'accounts.json', maxItems: 1_000_000 },
)
export type Account = Static<typeof AccountsSchema>[number]
export const parseAccounts = compile(AccountsSchema)

export const eventKinds = ['pick', 'put'] as const

export const TruthSchema = Type.Object(
  {
    shoppers: Type.Record(
      Type.String(),
      Type.Object({
        aliases: Type.Optional(Type.Array(Type.String())),
        items: Type.Array(Type.Object({ sku: IdSchema, quantity: QuantitySchema })),
      }),
    ),
    events: Type.Array(
      Type.Object({
        ts: TimestampSchema,
        kind: Type.Enum([...eventKinds], { description: 'taken from a shelf, or put on one' }),
        sku: IdSchema,
        quantity: QuantitySchema,
        cells: Type.Array(IdSchema),
        shopper: Type.String({ description: 'who did it: a key of shoppers' }),
      }),
    ),
  },
  { title: 'truth.json', description: 'never read by the system, only by a scorer' },
)
export type Truth = Static<typeof TruthSchema>
export const parseTruth = compile(TruthSchema)

/** What phones that make entry codes register, and what their page needs to make them (`models/entry/code.ts`). */
import { type Static, Type } from 'typebox'
import { IdSchema, namePattern, TimestampSchema } from './units.ts'

/** The stores of one operator; a page offers them as a list. */
export const mostStores = 1_000
/** A family's phones, one of them just replaced. */
export const mostPhones = 8

const KeyIdSchema = Type.String({
  pattern: '^[0-9a-f]{16}$',
  description: "of the phone's key: 16 hex digits of the SHA-256 of the public key",
})
const PublicKeySchema = Type.String({
  pattern: '^B[A-Za-z0-9_-]{86}$',
  description: 'ECDSA P-256, the uncompressed point (SEC 1, 65 bytes) in base64url; the private key stays on the phone',
})

export const EntryKeySchema = Type.Object({ id: KeyIdSchema, publicKey: PublicKeySchema })

export const PhoneSchema = Type.Object(
  {
    id: KeyIdSchema,
    label: Type.String({ maxLength: 60, description: 'what the phone is, in words' }),
    addedAt: TimestampSchema,
  },
  { $id: 'Phone', title: 'Phone' },
)
export type PhoneView = Static<typeof PhoneSchema>

export const NewPhoneSchema = Type.Object(
  {
    publicKey: PublicKeySchema,
    label: Type.String({
      minLength: 1,
      maxLength: 60,
      pattern: namePattern,
      description: 'what the phone is, in words',
    }),
  },
  { $id: 'NewPhone', title: 'NewPhone' },
)

export const EntryViewSchema = Type.Object(
  {
    now: Type.Number({ ...TimestampSchema, description: "the service's time: a phone's own clock may be wrong" }),
    phones: Type.Array(PhoneSchema, { maxItems: mostPhones, description: 'that make codes of this account' }),
    stores: Type.Array(
      Type.Object({
        id: IdSchema,
        name: Type.String({ maxLength: 200, description: 'name of the store' }),
        tag: Type.String({ pattern: '^[0-9a-f]{16}$', description: 'the store in an entry code' }),
      }),
      { maxItems: mostStores, description: 'that take codes of this account, by name' },
    ),
  },
  { $id: 'EntryView', title: 'EntryView' },
)
export type EntryView = Static<typeof EntryViewSchema>

/** What a shopper gets who asks for everything that is kept about them (GDPR, articles 15 and 20). */
import { type Static, Type } from 'typebox'
import { PhoneSchema } from './entry.ts'
import { AccountBillSchema, AccountViewSchema } from './http.ts'
import { PasskeyViewSchema, SessionViewSchema } from './people.ts'
import { TimestampSchema } from './units.ts'

const nullable = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])

export const AccountExportSchema = Type.Object(
  {
    exportedAt: TimestampSchema,
    account: AccountViewSchema,
    createdAt: TimestampSchema,
    phones: Type.Array(PhoneSchema, { description: 'that make entry codes; their keys are on the phones alone' }),
    passkeys: Type.Array(PasskeyViewSchema, { description: 'that sign in; the keys are on the devices alone' }),
    sessions: Type.Array(SessionViewSchema, { description: 'browsers that are signed in' }),
    paymentMethod: Type.Object(
      {
        provider: nullable(Type.String({ description: 'who moves the money' })),
        token: nullable(
          Type.String({ description: "the provider's name for the card; no card number is known to us" }),
        ),
      },
      { description: 'what the account pays with, where one was chosen' },
    ),
    log: Type.Array(
      Type.Object({
        at: TimestampSchema,
        what: Type.String({ description: 'what was done, as signed-in, phone-added or exported' }),
        who: nullable(Type.String({ description: 'by whom: the account, a store, a command' })),
        about: nullable(Type.String({ description: 'whom or what it was done to' })),
        place: nullable(Type.String({ description: 'network address that it came from' })),
        detail: nullable(Type.String({ description: 'in what way' })),
      }),
      { description: 'what was done by and to the account, of the last 400 days, newest first' },
    ),
    bills: Type.Array(AccountBillSchema, {
      description: 'every bill with what was bought, tax, payment and refunds, newest first',
    }),
  },
  { $id: 'AccountExport', title: 'AccountExport' },
)
export type AccountExport = Static<typeof AccountExportSchema>

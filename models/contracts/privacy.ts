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
    bills: Type.Array(AccountBillSchema, {
      description: 'every bill with what was bought, tax, payment and refunds, newest first',
    }),
  },
  { $id: 'AccountExport', title: 'AccountExport' },
)
export type AccountExport = Static<typeof AccountExportSchema>

/** What a receipt says of tax, payment and refunds, and what is asked about them. */
import { type Static, Type } from 'typebox'
import { IdSchema, MinorUnitsSchema, QuantitySchema, TimestampSchema } from './units.ts'

const nullable = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])
const minor = (description: string) => Type.Integer({ ...MinorUnitsSchema, description })

/** `vatBreakdown` in `money.ts` says how the amounts come about. */
export const VatBreakdownSchema = Type.Array(
  Type.Object({
    vatCategoryTaxableAmountMinor: minor('BT-116: what the tax is of, without the tax, minor units'),
    vatCategoryTaxAmountMinor: minor('BT-117: the tax, minor units'),
    vatCategoryCode: Type.Enum(['S', 'Z'], { description: 'BT-118, of UNTDID 5305: S any rate above 0, Z none' }),
    vatCategoryRatePercent: Type.Number({ minimum: 0, maximum: 100, description: 'BT-119, percent' }),
  }),
  { maxItems: 100, description: 'tax by rate, as EN 16931-1 names it: VAT BREAKDOWN, BG-23' },
)

/** Why an account's codes open no gate although they are known. */
export const RefusedSchema = Type.Enum(['unpaid-bill'], {
  description: 'why the account is not let in at present; absent: it is',
})
export type Refused = Static<typeof RefusedSchema>

/** Why a payment did not go through; a provider's own reasons are mapped to these. */
export const declineReasons = [
  'insufficient-funds',
  'declined',
  'authentication-required',
  'method-unusable',
  'no-method',
  'too-small',
] as const
export type DeclineReason = (typeof declineReasons)[number]

export const BillPaymentSchema = Type.Object({
  state: Type.Enum(['nothing-due', 'checking', 'under-way', 'paid', 'retrying', 'unpaid', 'refunded'], {
    description:
      'checking: in review; retrying: declined and tried again by itself; unpaid: only the shopper can settle it; ' +
      'refunded: all of it was given back or waived',
  }),
  message: Type.String({ description: 'the state in words for the shopper; empty: nothing needs to be said' }),
  owedMinor: minor('still to be paid, minor units'),
  refundedMinor: minor('given back or waived, minor units'),
  failure: nullable(
    Type.Enum([...declineReasons], {
      description: 'why the latest try did not go through; too-small: less than the provider charges',
    }),
  ),
  confirmUrl: nullable(
    Type.String({ description: "the bank's page on which the shopper confirms the payment that is under way" }),
  ),
  nextTryAt: nullable(TimestampSchema),
})
export type BillPayment = Static<typeof BillPaymentSchema>

export const refundReasons = ['not-taken', 'returned', 'faulty', 'wrong-price', 'goodwill'] as const
export type RefundReason = (typeof refundReasons)[number]
const RefundReasonSchema = Type.Enum([...refundReasons], {
  description: 'not-taken: it was billed and not taken; goodwill: none of the others',
})
const noteField = {
  note: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'words for the shopper' })),
}

export const RefundSchema = Type.Object({
  id: Type.String({ description: 'of the refund, as the store named it' }),
  at: TimestampSchema,
  reason: RefundReasonSchema,
  ...noteField,
  amountMinor: minor('given back, tax included, minor units'),
  lines: Type.Array(Type.Object({ sku: IdSchema, quantity: QuantitySchema }), {
    description: 'what it was for; none: an amount',
  }),
  vatBreakdown: VatBreakdownSchema,
  state: Type.Enum(['waived', 'sending', 'sent', 'failed', 'returned', 'paid-otherwise'], {
    description:
      'waived: it was not paid yet, so it only lowers what is owed; failed: the provider does not take it; returned: it was ' +
      "sent and came back from the shopper's bank; after either a person sends it again or pays otherwise",
  }),
})
export type Refund = Static<typeof RefundSchema>

/** `POST /v1/purchases/{tripId}/refunds`: `lines` or `amountMinor`; neither: all that is left of the bill. */
export const NewRefundSchema = Type.Object(
  {
    idempotentRefundId: Type.String({
      minLength: 1,
      maxLength: 128,
      description: 'of the refund; the same at every retry',
    }),
    reason: RefundReasonSchema,
    ...noteField,
    lines: Type.Optional(
      Type.Array(Type.Object({ sku: IdSchema, quantity: QuantitySchema }), {
        minItems: 1,
        maxItems: 1000,
        description: 'products of the bill to give the money back for',
      }),
    ),
    amountMinor: Type.Optional(Type.Integer({ ...MinorUnitsSchema, minimum: 1 })),
  },
  { $id: 'NewRefund', title: 'NewRefund' },
)
export type NewRefund = Static<typeof NewRefundSchema>

export const RefundAnswerSchema = Type.Object(
  {
    refund: RefundSchema,
    duplicate: Type.Boolean({ description: 'true when this refund was known already; nothing was changed' }),
  },
  { $id: 'RefundAnswer', title: 'RefundAnswer' },
)
export type RefundAnswer = Static<typeof RefundAnswerSchema>

export const FailedRefundsSchema = Type.Object(
  {
    refunds: Type.Array(
      Type.Object({
        tripId: Type.String({ description: 'whose bill it is of' }),
        currency: Type.String({ description: 'ISO 4217' }),
        refund: RefundSchema,
        message: Type.String({ description: 'what happened and what a person of the store has to do, in words' }),
      }),
      { maxItems: 1000, description: 'oldest first' },
    ),
  },
  { $id: 'FailedRefunds', title: 'FailedRefunds' },
)
export type FailedRefunds = Static<typeof FailedRefundsSchema>

/** A token begins with a letter: a card number can be none. */
const MethodTokenSchema = Type.String({
  pattern: '^[A-Za-z][A-Za-z0-9_-]{2,99}$',
  description: "the provider's token of a card, wallet or agreement; never a card number",
})

export const PaymentMethodSchema = Type.Object(
  {
    provider: Type.String({ description: 'who moves the money; test: nobody, payments are pretended' }),
    token: nullable(MethodTokenSchema),
    choices: Type.Array(
      Type.Object({
        token: MethodTokenSchema,
        label: Type.String({ description: 'what it is, in words' }),
      }),
      { description: 'what can be chosen here; none at a real provider' },
    ),
    hasPage: Type.Boolean({ description: 'the provider has a page of its own to choose a card' }),
  },
  { $id: 'PaymentMethod', title: 'PaymentMethod' },
)
export type PaymentMethod = Static<typeof PaymentMethodSchema>

export const PaymentPageSchema = Type.Object(
  { url: Type.String({ description: "the provider's page, for this shopper alone" }) },
  { $id: 'PaymentPage', title: 'PaymentPage' },
)

export const NewPaymentMethodSchema = Type.Object(
  { token: MethodTokenSchema },
  { $id: 'NewPaymentMethod', title: 'NewPaymentMethod' },
)

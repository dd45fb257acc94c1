/** Bodies of the two HTTP interfaces: the gateway's (store operations) and the account service's (shoppers, stores). */
import { type Static, Type } from 'typebox'
import { ShelfEventSchema } from './bills.ts'
import { LateSummarySchema } from './late.ts'
import { BillPaymentSchema, RefundSchema, RefusedSchema, VatBreakdownSchema } from './payments.ts'
import { EmailSchema } from './people.ts'
import { ReviewSummarySchema } from './reviews.ts'
import {
  CodeSchema,
  ConfidenceSchema,
  CurrencySchema,
  IdSchema,
  MinorUnitsSchema,
  namePattern,
  PointSchema,
  QuantitySchema,
  RateSchema,
  TimestampSchema,
  TripIdSchema,
} from './units.ts'
import { compile } from './validate.ts'

const nullable = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])

/** Every error answer of both services: `code` is stable, `message` says where, what was found, what was wanted. */
export const ErrorSchema = Type.Object(
  {
    statusCode: Type.Integer({ description: 'HTTP status' }),
    code: Type.String({ description: 'stable name of the error' }),
    message: Type.String({ description: 'where, what was found, what was wanted' }),
  },
  { $id: 'Error', title: 'Error' },
)

const TaxGroupSchema = Type.Object({
  taxRate: RateSchema,
  grossMinor: MinorUnitsSchema,
  taxMinor: MinorUnitsSchema,
})

const BillLineSchema = Type.Object({
  sku: IdSchema,
  name: Type.String({ maxLength: 200, description: 'name of the product' }),
  quantity: QuantitySchema,
  unitPriceMinor: MinorUnitsSchema,
  taxRate: RateSchema,
  totalMinor: MinorUnitsSchema,
  confidence: ConfidenceSchema,
})

/**
 * A finished trip, as the store sends it. The first five fields and `cartItems` have the shape of Just Walk Out's
 * create-purchase call; `bill` is ours, because our stores price the cart themselves.
 */
export const PurchaseSchema = Type.Object(
  {
    requestId: Type.String({ minLength: 1, maxLength: 200, description: 'of this attempt; new at every retry' }),
    idempotentShoppingTripId: { ...TripIdSchema, description: 'of the trip; the same at every retry' },
    storeId: IdSchema,
    tripStartTime: TimestampSchema,
    tripEndTime: TimestampSchema,
    cartItems: Type.Array(
      Type.Object({
        sku: IdSchema,
        quantity: Type.Object({ value: QuantitySchema, unit: Type.Literal('unit') }),
      }),
      { maxItems: 1000 },
    ),
    account: nullable(IdSchema),
    bill: Type.Object({
      status: Type.Enum(['final', 'review'], { description: 'review: not sure enough to charge unseen' }),
      shopper: Type.String({ minLength: 1, maxLength: 64, description: 'account or target id' }),
      storeName: Type.String({ maxLength: 200, description: 'name of the store' }),
      currency: CurrencySchema,
      lines: Type.Array(BillLineSchema, { maxItems: 1000 }),
      taxes: Type.Array(TaxGroupSchema, { maxItems: 100 }),
      totalMinor: MinorUnitsSchema,
      checkedAt: Type.Optional(
        Type.Number({
          ...TimestampSchema,
          description: 'when a person settled a bill that was in review; absent: nobody had to, or has yet',
        }),
      ),
    }),
  },
  { $id: 'Purchase', title: 'Purchase' },
)
export type Purchase = Static<typeof PurchaseSchema>
export const parsePurchase = compile(PurchaseSchema)

export const PurchaseAnswerSchema = Type.Object(
  {
    purchaseId: Type.String({ description: 'of the purchase at the account service' }),
    duplicate: Type.Boolean({ description: 'true when this trip was known already; nothing was changed' }),
  },
  { $id: 'PurchaseAnswer', title: 'PurchaseAnswer' },
)
export type PurchaseAnswer = Static<typeof PurchaseAnswerSchema>
export const parsePurchaseAnswer = compile(PurchaseAnswerSchema)

export const NewAccountSchema = Type.Object(
  {
    id: Type.Optional(IdSchema),
    name: Type.String({
      minLength: 1,
      maxLength: 100,
      pattern: namePattern,
      description: 'how to address the shopper',
    }),
    staff: Type.Optional(Type.Boolean({ description: 'works in the shop and owes nothing' })),
    email: Type.Optional({ ...EmailSchema, description: 'whoever reads this letter box may sign in' }),
  },
  { $id: 'NewAccount', title: 'NewAccount' },
)
export type NewAccount = Static<typeof NewAccountSchema>
export const AccountViewSchema = Type.Object(
  {
    id: IdSchema,
    name: Type.String({ description: 'how to address the shopper' }),
    staff: Type.Boolean({ description: 'works in the shop and owes nothing' }),
    entryCode: Type.Optional(
      Type.String({ ...CodeSchema, description: 'of the card of somebody who works in the shop' }),
    ),
    refused: Type.Optional(RefusedSchema),
    email: Type.Optional({ ...EmailSchema, description: 'whoever reads this letter box may sign in' }),
  },
  { $id: 'AccountView', title: 'AccountView' },
)
export type AccountView = Static<typeof AccountViewSchema>

export const AccountBillSchema = Type.Object(
  {
    id: Type.String({ description: 'of the bill' }),
    tripId: Type.String({ description: 'of the trip, as the store named it' }),
    storeId: IdSchema,
    startedAt: TimestampSchema,
    endedAt: TimestampSchema,
    ...PurchaseSchema.properties.bill.properties,
    vatBreakdown: VatBreakdownSchema,
    payment: BillPaymentSchema,
    refunds: Type.Array(RefundSchema, { maxItems: 1000, description: 'oldest first' }),
  },
  { $id: 'AccountBill', title: 'AccountBill' },
)
export type AccountBill = Static<typeof AccountBillSchema>

export const AccountBillsSchema = Type.Object(
  {
    bills: Type.Array(AccountBillSchema, { maxItems: 100, description: 'newest first' }),
    next: nullable(Type.String({ description: 'the cursor of the next page; null: there is none' })),
  },
  { $id: 'AccountBills', title: 'AccountBills' },
)
export type AccountBills = Static<typeof AccountBillsSchema>

/** How the gateway sees a device. `online` says whether it can be relied on now; `why` says it in words. */
export const DeviceViewSchema = Type.Object(
  {
    id: IdSchema,
    kind: Type.String({ description: 'shelf, tracker, gate, …' }),
    state: Type.Enum(['online', 'silent', 'offline', 'never-seen', 'moved'], {
      description: 'whether it can be relied on now; moved: a camera that was turned after it was calibrated',
    }),
    why: Type.String({ description: 'the state in words' }),
    lastSeen: nullable(TimestampSchema),
    messages: Type.Integer({ minimum: 0, description: 'messages since the gateway started' }),
    lost: Type.Integer({ minimum: 0, description: 'messages that never came, by gaps in seq' }),
    duplicates: Type.Integer({ minimum: 0, description: 'messages that came twice' }),
    rejected: Type.Integer({ minimum: 0, description: 'messages that were refused' }),
    clockOffsetMs: nullable(Type.Number({ description: 'how far the device clock is ahead, as corrected' })),
    battery: nullable(Type.Number({ description: 'percent' })),
    model: nullable(Type.String({ description: 'make and model' })),
    firmware: nullable(Type.String({ description: 'version of the firmware' })),
  },
  { $id: 'DeviceView', title: 'DeviceView' },
)
export type DeviceView = Static<typeof DeviceViewSchema>

const CartLineViewSchema = Type.Object({
  sku: IdSchema,
  name: Type.String({ description: 'name of the product' }),
  quantity: QuantitySchema,
  totalMinor: MinorUnitsSchema,
  confidence: ConfidenceSchema,
})

export const ShopperViewSchema = Type.Object({
  id: Type.String({ description: 'of the visit' }),
  account: nullable(IdSchema),
  staff: Type.Boolean({ description: 'works in the shop and owes nothing' }),
  state: Type.Enum(['inside', 'lost', 'leaving'], { description: 'lost: inside, but no tracker sees them' }),
  position: nullable(PointSchema),
  enteredAt: TimestampSchema,
  items: Type.Array(CartLineViewSchema),
  totalMinor: MinorUnitsSchema,
})

/** One picture of the shop; the live feed sends a new one whenever something changed, at most five a second. */
export const LiveViewSchema = Type.Object(
  {
    storeId: IdSchema,
    time: TimestampSchema,
    problems: Type.Array(Type.String(), {
      description: 'what the gateway cannot do now, in words; while its disk refuses nobody is let in',
    }),
    notices: Type.Array(Type.String(), {
      description: 'what somebody must see to, in words; the store goes on meanwhile',
    }),
    shoppers: Type.Array(ShopperViewSchema),
    events: Type.Array(ShelfEventSchema, { description: 'the latest 50, oldest first' }),
    bills: Type.Array(
      Type.Object({
        tripId: Type.String({ description: 'of the trip, the same for ever' }),
        shopper: Type.String({ description: 'account or target id' }),
        account: nullable(IdSchema),
        endedAt: TimestampSchema,
        status: Type.Enum(['final', 'review'], { description: 'review: not sure enough to charge unseen' }),
        lines: Type.Array(CartLineViewSchema),
        currency: CurrencySchema,
        totalMinor: MinorUnitsSchema,
        delivered: Type.Boolean({ description: 'the account service has it' }),
      }),
      { description: 'the latest 20, oldest first' },
    ),
    waitingBills: Type.Integer({ minimum: 0, description: 'bills not yet delivered' }),
    reviews: Type.Array(ReviewSummarySchema, {
      description: 'bills in review that wait for a person, oldest first, at most 50',
    }),
    openReviews: Type.Integer({ minimum: 0, description: 'how many bills in review wait for a person in all' }),
    late: Type.Array(LateSummarySchema, {
      description: 'what shelves said too late for any bill and nobody has closed, oldest first, at most 50',
    }),
    openLate: Type.Integer({ minimum: 0, description: 'how many of these there are in all' }),
    devices: Type.Array(DeviceViewSchema),
    rejected: Type.Array(
      Type.Object({
        cause: Type.String({ description: 'name of the cause' }),
        count: Type.Integer({ minimum: 1, description: 'how often' }),
        example: Type.String({ description: 'the latest one in words' }),
      }),
      { description: 'messages refused, by cause, with the latest example in words' },
    ),
  },
  { $id: 'LiveView', title: 'LiveView' },
)
export type LiveView = Static<typeof LiveViewSchema>
export type ShopperView = LiveView['shoppers'][number]

/** A review: what a person needs to decide in seconds what a shopper owes, and what they decided. */
import { type Static, Type } from 'typebox'
import { eventKinds } from './recording.ts'
import {
  ConfidenceSchema,
  CurrencySchema,
  IdSchema,
  MinorUnitsSchema,
  PointSchema,
  TimestampSchema,
  TripIdSchema,
} from './units.ts'

const nullable = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])
/** Beyond a hundred pieces of one product nobody carries a cart; it is a slip of the finger. */
const ReviewQuantitySchema = Type.Integer({ minimum: 1, maximum: 100, description: 'pieces' })
const ShopperSchema = Type.String({ maxLength: 64, description: 'account or target id' })
const NamedProductSchema = Type.Object({
  sku: IdSchema,
  quantity: ReviewQuantitySchema,
})

/** As many explanations as a person compares at a glance. */
export const mostExplanations = 5
/** As many doubtful changes as a person looks at. */
export const mostDoubts = 6

const ReviewActSchema = Type.Object({
  kind: Type.Enum([...eventKinds], { description: 'taken from the shelf, or put on it' }),
  sku: Type.Union([IdSchema, Type.Null()], { description: 'null: no merchandise (a hand, a bag)' }),
  quantity: Type.Integer({ minimum: 1, description: 'pieces' }),
  shopper: nullable(ShopperSchema),
})
export type ReviewAct = Static<typeof ReviewActSchema>

export const ChangeEvidenceSchema = Type.Object({
  weights: Type.Array(
    Type.Object({
      cell: IdSchema,
      ms: Type.Array(Type.Number({ description: 'milliseconds after the instant of the change' })),
      grams: Type.Array(Type.Number({ description: 'grams above the level at the beginning; one for each of `ms`' })),
    }),
    { description: 'what the plates felt before and after, a few seconds each way' },
  ),
  people: Type.Array(
    Type.Object({
      shopper: ShopperSchema,
      track: Type.Array(
        Type.Object({
          ms: Type.Number({ description: 'milliseconds after the instant of the change' }),
          at: PointSchema,
          hands: Type.Array(PointSchema, { description: 'where hands were seen' }),
        }),
        { description: 'oldest first' },
      ),
    }),
    { description: 'those who could have reached it, likeliest first' },
  ),
})
export type ChangeEvidence = Static<typeof ChangeEvidenceSchema>

const ReviewDoubtSchema = Type.Object({
  change: Type.String({ description: 'of the change of a shelf' }),
  ts: TimestampSchema,
  cells: Type.Array(
    Type.Object({
      cell: IdSchema,
      deltaGrams: Type.Number({ description: 'grams; below zero: the plate became lighter' }),
    }),
  ),
  ways: Type.Array(Type.Array(ReviewActSchema), {
    description:
      'what was done, one entry for each explanation, in their order; an empty one: nothing was taken or put',
  }),
  evidence: nullable(ChangeEvidenceSchema),
})
export type ReviewDoubt = Static<typeof ReviewDoubtSchema>

const ReviewExplanationSchema = Type.Object({
  probability: ConfidenceSchema,
  lines: Type.Array(NamedProductSchema),
})
export type ReviewExplanation = Static<typeof ReviewExplanationSchema>

const DecisionSchema = Type.Object({
  lines: Type.Array(NamedProductSchema, { description: 'what the shopper owes; none: nothing' }),
  reviewer: Type.String({ description: 'who decided, by name: never sent to the shopper' }),
  ts: TimestampSchema,
})
export type Decision = Static<typeof DecisionSchema>

const summaryFields = {
  tripId: TripIdSchema,
  shopper: ShopperSchema,
  account: nullable(IdSchema),
  endedAt: TimestampSchema,
  totalMinor: MinorUnitsSchema,
}

/** One open review in a list. `totalMinor` is what the bill comes to while nobody has decided. */
export const ReviewSummarySchema = Type.Object(summaryFields)
export type ReviewSummary = Static<typeof ReviewSummarySchema>

const FormerProductSchema = Type.Object({
  sku: IdSchema,
  name: Type.String({ description: 'as people call it' }),
  priceMinor: MinorUnitsSchema,
})

export const ReviewCaseSchema = Type.Object(
  {
    ...summaryFields,
    aliases: Type.Array(Type.String(), { description: 'other target ids of the same person or group' }),
    startedAt: TimestampSchema,
    currency: CurrencySchema,
    explanations: Type.Array(ReviewExplanationSchema, {
      maxItems: mostExplanations,
      description: 'receipts that compete, likeliest first',
    }),
    others: Type.Number({ minimum: 0, maximum: 1, description: 'probability of all receipts that are not listed' }),
    doubts: Type.Array(ReviewDoubtSchema, {
      maxItems: mostDoubts,
      description: 'changes of shelves on which the explanations differ, oldest first',
    }),
    late: Type.Array(Type.String({ description: 'id of the case' }), {
      description:
        'cases of what shelves said too late and may concern this bill: why it is in doubt, whatever the odds',
    }),
    formerProducts: Type.Array(FormerProductSchema, {
      description: 'what cost less, or was for sale, when the shopper was inside: the store file was changed since',
    }),
    decision: nullable(DecisionSchema),
  },
  { $id: 'ReviewCase', title: 'ReviewCase' },
)
export type ReviewCase = Static<typeof ReviewCaseSchema>

/** `POST /api/reviews/{tripId}`. */
export const NewDecisionSchema = Type.Object(
  {
    lines: Type.Array(NamedProductSchema, {
      maxItems: 100,
      description: 'what the shopper owes: one of the explanations, or any products of the store; none: nothing',
    }),
  },
  { $id: 'NewDecision', title: 'NewDecision' },
)
export type NewDecision = Static<typeof NewDecisionSchema>

export const DecisionAnswerSchema = Type.Object(
  {
    tripId: TripIdSchema,
    totalMinor: MinorUnitsSchema,
    duplicate: Type.Boolean({ description: 'true when the same was decided before; nothing was changed' }),
  },
  { $id: 'DecisionAnswer', title: 'DecisionAnswer' },
)
export type DecisionAnswer = Static<typeof DecisionAnswerSchema>

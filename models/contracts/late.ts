/** A case of what was said too late: a change of a shelf that no bill could take in, for a person to look at and close. */
import { type Static, Type } from 'typebox'
import { eventKinds } from './recording.ts'
import { ConfidenceSchema, IdSchema, TimestampSchema, TripIdSchema } from './units.ts'

const nullable = <S extends Parameters<typeof Type.Union>[0][number]>(schema: S) => Type.Union([schema, Type.Null()])
const CaseIdSchema = Type.String({ minLength: 1, maxLength: 200, description: 'of the case, the same for ever' })

/** As many ways as a person compares at a glance. */
export const mostWays = 5
/** A shelf's case shows so many changes, the newest; what came before is counted. */
export const mostLateChanges = 50
/** In a full shop more may have stood near than a person can judge. */
export const mostConcerned = 20

/** What a person makes of a case. */
export const lateOutcomes = ['nobody-pays', 'billed', 'no-goods'] as const
export type LateOutcome = (typeof lateOutcomes)[number]

const LateWaySchema = Type.Object({
  probability: ConfidenceSchema,
  acts: Type.Array(
    Type.Object({
      kind: Type.Enum([...eventKinds], { description: 'taken from the shelf, or put on it' }),
      sku: nullable(IdSchema),
      quantity: Type.Integer({ minimum: 1, description: 'pieces' }),
    }),
    { description: 'none: nothing was taken or put; no SKU: something that is not for sale' },
  ),
})
export type LateWay = Static<typeof LateWaySchema>

const LatePersonSchema = Type.Object({
  shopper: Type.String({ maxLength: 100, description: 'of the visit' }),
  name: Type.String({ maxLength: 64, description: 'account or target id' }),
  tripId: nullable(TripIdSchema),
  bill: Type.Enum(['none', 'review', 'decided', 'final'], {
    description:
      'none: still inside, or no bill kept; review: it waits for a person; decided: a person has decided about it; final: made, and it stays',
  }),
})
export type LatePerson = Static<typeof LatePersonSchema>

const LateChangeSchema = Type.Object({
  ts: Type.Number({ ...TimestampSchema, description: 'when it was said' }),
  happened: nullable(Type.Object({ from: TimestampSchema, to: TimestampSchema })),
  cells: Type.Array(
    Type.Object({
      cell: IdSchema,
      deltaGrams: Type.Number({ description: 'grams; below zero: the plate became lighter' }),
    }),
  ),
  ways: Type.Array(LateWaySchema, { maxItems: mostWays, description: 'what it was by its weight, likeliest first' }),
  unseen: Type.Boolean({ description: 'nobody looked then, so that whoever was inside is named' }),
  people: Type.Array(LatePersonSchema, {
    maxItems: mostConcerned,
    description: 'whose visit it may concern: who stood near, or whoever was inside where nobody looked',
  }),
})
export type LateChange = Static<typeof LateChangeSchema>

const LateDecisionSchema = Type.Object({
  outcome: Type.Enum([...lateOutcomes], {
    description: 'nobody-pays: goods are gone; billed: on a bill that was in review; no-goods: a restocking, a hand',
  }),
  tripId: nullable(TripIdSchema),
  reviewer: Type.String({ description: 'who decided, by name' }),
  ts: TimestampSchema,
})
export type LateDecision = Static<typeof LateDecisionSchema>

const summaryFields = {
  id: CaseIdSchema,
  shelf: IdSchema,
  ts: Type.Number({ ...TimestampSchema, description: 'when the latest of it was said' }),
  count: Type.Integer({ minimum: 1, description: 'changes' }),
}

/** One open case in a list. */
export const LateSummarySchema = Type.Object(summaryFields)
export type LateSummary = Static<typeof LateSummarySchema>

export const LateCaseSchema = Type.Object(
  {
    ...summaryFields,
    changes: Type.Array(LateChangeSchema, {
      maxItems: mostLateChanges,
      description: 'the newest of them, in the order in which they were said',
    }),
    decision: nullable(LateDecisionSchema),
  },
  { $id: 'LateCase', title: 'LateCase' },
)
export type LateCase = Static<typeof LateCaseSchema>

/** `POST /api/late/{id}`. */
export const NewLateDecisionSchema = Type.Object(
  {
    outcome: LateDecisionSchema.properties.outcome,
    tripId: Type.Optional({ ...TripIdSchema, description: 'of the bill, where it is on one' }),
    count: Type.Integer({
      minimum: 1,
      description: 'how many changes were looked at: if more came since, nothing is closed',
    }),
  },
  { $id: 'NewLateDecision', title: 'NewLateDecision' },
)
export type NewLateDecision = Static<typeof NewLateDecisionSchema>

export const LateAnswerSchema = Type.Object(
  {
    id: CaseIdSchema,
    duplicate: Type.Boolean({ description: 'true when the same was decided before; nothing was changed' }),
  },
  { $id: 'LateAnswer', title: 'LateAnswer' },
)
export type LateAnswer = Static<typeof LateAnswerSchema>

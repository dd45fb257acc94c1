/** How HTTP bodies are named in the OpenAPI document. */
import { type Static, Type } from 'typebox'
import { BillsFileSchema } from '../../models/contracts/bills.ts'
import { DeviceViewSchema, ErrorSchema, LiveViewSchema } from '../../models/contracts/http.ts'
import { LateAnswerSchema, LateCaseSchema, NewLateDecisionSchema } from '../../models/contracts/late.ts'
import { DecisionAnswerSchema, NewDecisionSchema, ReviewCaseSchema } from '../../models/contracts/reviews.ts'
import { StoreSchema } from '../../models/contracts/store.ts'

/** Every body that has a name, by it. */
export const named = {
  Error: ErrorSchema,
  DeviceView: DeviceViewSchema,
  LiveView: LiveViewSchema,
  StoreBill: { ...LiveViewSchema.properties.bills.items, $id: 'StoreBill' },
  BillsFile: { ...BillsFileSchema, $id: 'BillsFile' },
  ReviewCase: ReviewCaseSchema,
  NewDecision: NewDecisionSchema,
  DecisionAnswer: DecisionAnswerSchema,
  LateCase: LateCaseSchema,
  NewLateDecision: NewLateDecisionSchema,
  LateAnswer: LateAnswerSchema,
  Store: { ...StoreSchema, $id: 'Store' },
} as const
type Named = typeof named

/** A reference to a named body, typed as that body. */
export function ref<Name extends keyof Named>(name: Name) {
  return Type.Unsafe<Static<Named[Name]>>({ $ref: `${name}#` })
}

/** The same for a body that is sent as text made beforehand, so that it is what was checked, to the letter. */
export function textOf<Name extends keyof Named>(name: Name) {
  return Type.Unsafe<string>({ $ref: `${name}#` })
}

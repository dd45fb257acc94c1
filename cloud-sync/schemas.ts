/** How HTTP bodies are named in the OpenAPI document, and how requests are checked: with where, found and wanted. */
import { type Static, type TSchema, Type } from 'typebox'
import { Convert } from 'typebox/value'
import { EntryViewSchema, NewPhoneSchema, PhoneSchema } from '../models/contracts/entry.ts'
import {
  AccountBillSchema,
  AccountBillsSchema,
  AccountViewSchema,
  ErrorSchema,
  NewAccountSchema,
  PurchaseAnswerSchema,
  PurchaseSchema,
} from '../models/contracts/http.ts'
import {
  FailedRefundsSchema,
  NewPaymentMethodSchema,
  NewRefundSchema,
  PaymentMethodSchema,
  PaymentPageSchema,
  RefundAnswerSchema,
} from '../models/contracts/payments.ts'
import { AccountExportSchema } from '../models/contracts/privacy.ts'
import { AccountsSchema } from '../models/contracts/recording.ts'
import { compile, describeFault } from '../models/contracts/validate.ts'
import { ServiceError } from './errors.ts'

/** Every body that has a name, by it. */
export const named = {
  Error: ErrorSchema,
  Purchase: PurchaseSchema,
  PurchaseAnswer: PurchaseAnswerSchema,
  NewAccount: NewAccountSchema,
  AccountView: AccountViewSchema,
  AccountBill: AccountBillSchema,
  AccountExport: AccountExportSchema,
  AccountBills: AccountBillsSchema,
  EntryView: EntryViewSchema,
  Phone: PhoneSchema,
  NewPhone: NewPhoneSchema,
  NewRefund: NewRefundSchema,
  RefundAnswer: RefundAnswerSchema,
  FailedRefunds: FailedRefundsSchema,
  PaymentMethod: PaymentMethodSchema,
  PaymentPage: PaymentPageSchema,
  NewPaymentMethod: NewPaymentMethodSchema,
  Accounts: { ...AccountsSchema, $id: 'Accounts' },
} as const
type Named = typeof named

/** A reference to a named body, typed as that body. */
export function ref<Name extends keyof Named>(name: Name) {
  return Type.Unsafe<Static<Named[Name]>>({ $ref: `${name}#` })
}

/** Compiles the schema of a request part for fastify. What comes in a URL is text, so numbers are read from it. */
export function validatorCompiler({ schema, httpPart }: { schema: unknown; httpPart?: string }) {
  const target = resolve(schema as TSchema & { $ref?: string })
  const check = compile(target)
  return (raw: unknown) => {
    const value = httpPart === 'querystring' ? Convert(target, raw) : raw
    const result = check(value)
    if (result.ok) return { value: result.value }
    return { error: new ServiceError('BAD_REQUEST', result.faults.slice(0, 5).map(describeFault).join('; ')) }
  }
}

function resolve(schema: TSchema & { $ref?: string }): TSchema {
  const name = schema.$ref?.slice(0, -1)
  return name !== undefined && Object.hasOwn(named, name) ? named[name as keyof Named] : schema
}

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { AccountBillsReader } from '../account-bills.ts'
import type { Accounts } from '../accounts.ts'
import type { EmailSignIn } from '../email-sign-in.ts'
import type { EntryKeys } from '../entry-keys.ts'
import type { Enrolments } from '../payments/enrolments.ts'
import type { Payments } from '../payments/payments.ts'
import type { People } from '../people/people.ts'
import type { Purchases } from '../purchases.ts'
import type { Sql } from '../sql.ts'
import type { BooksMarks } from '../stores/books-mark.ts'

/** The application with request and answer types taken from the schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** What routes work with. */
export interface Parts {
  readonly accounts: Accounts
  readonly bills: AccountBillsReader
  readonly booksMarks: BooksMarks
  readonly entryKeys: EntryKeys
  readonly enrolments: Enrolments
  readonly payments: Payments
  readonly purchases: Purchases
  readonly sql: Sql
  readonly people: People
  readonly emailSignIn: EmailSignIn | null
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

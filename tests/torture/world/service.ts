/** The account service as its process: the real code on a real database, started again whenever it has ended. */
import { createEnrolments } from '../../../cloud-sync/payments/enrolments.ts'
import { createPaymentLoop, type PaymentLoop } from '../../../cloud-sync/payments/loop.ts'
import { createPayments, type Payments } from '../../../cloud-sync/payments/payments.ts'
import { hashOf } from '../../../cloud-sync/secrets.ts'
import { build, type Service } from '../../../cloud-sync/service.ts'
import { openSqlite, type Sql } from '../../../cloud-sync/sql.ts'
import { letIn, storeToken } from '../../../cloud-sync/testing/service.ts'
import type { Phone } from '../../../models/entry/phone.ts'
import type { Bank } from './bank.ts'
import type { Breakage } from './breakage.ts'
import type { SimulatedDatabase } from './database.ts'
import type { Listener, SimulatedAnswer } from './http.ts'
import type { Machine } from './machine.ts'
import type { SimulatedProcess } from './process.ts'
import { isInjected, judgedLog } from './words.ts'

export interface Customer {
  readonly id: string
  /** Of a card. */
  readonly code: string
  /** Shows codes in place of the card; null for who has none. */
  readonly phone: Phone | null
  readonly token: string
}

interface Running {
  readonly process: SimulatedProcess
  readonly app: Service
  readonly loop: PaymentLoop
  readonly payments: Payments
  readonly sql: Sql
}

interface Parts {
  readonly machine: Machine
  readonly database: SimulatedDatabase
  readonly bank: Bank
  readonly breakage: Breakage
  readonly blame: (found: string) => void
}

export class AccountService {
  readonly #parts: Parts
  #running: Running | null = null
  #ids = 0
  /** Nothing starts it again. */
  #closed = false

  constructor(parts: Parts) {
    this.#parts = parts
    parts.machine.onDeath = () => {
      this.#running = null
      this.#startSoon()
    }
  }

  start(): void {
    const { machine, blame } = this.#parts
    if (machine.running) return
    const process = machine.begin()
    this.#open(process).then(
      (running) => {
        if (process.alive) this.#running = running
      },
      (error: Error) => {
        if (!process.alive) return
        if (!isInjected(error)) blame(`the account service does not start: ${error.stack}`)
        machine.end()
        this.#startSoon()
      },
    )
  }

  /** An orderly end, and a new start unless it is `forGood`. */
  async stop(forGood: boolean): Promise<void> {
    if (this.#running === null) return
    this.#closed = forGood
    const { process, app, loop, sql } = this.#running
    this.#running = null
    await app.close()
    await loop.stop()
    await sql.close()
    if (!process.alive) return
    this.#parts.machine.end()
    this.#startSoon()
  }

  get ready(): boolean {
    return this.#running !== null
  }

  /** Somebody signs in and has a bill charged; what comes of it the bill says. */
  async pay(accountId: string, purchaseId: string): Promise<void> {
    if (this.#running === null) return
    const paid = this.#running.payments.pay({ id: accountId }, purchaseId)
    await this.#parts.machine.timeline.during(paid).catch(() => {})
  }

  readonly listener: Listener = ({ method, path, headers, body }) => {
    const { machine, blame } = this.#parts
    if (this.#running === null) return Promise.reject(new Error('nobody listens'))
    const { process, app } = this.#running
    const asked = { method, url: path, headers, ...(body === null ? {} : { payload: body }) }
    return new Promise<SimulatedAnswer>((resolve) => {
      machine.timeline.during(app.inject(asked)).then(
        ({ statusCode: status, headers: fields, body: text }) => {
          const told = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]))
          if (process.alive) resolve({ status, headers: told, body: text })
        },
        (error: Error) => blame(`a request was not answered: ${error.stack}`),
      )
    })
  }

  async #open(process: SimulatedProcess): Promise<Running> {
    const { machine, database, bank, breakage, blame } = this.#parts
    const now = machine.clock
    const log = judgedLog('service', process, blame)
    const sql = openSqlite(database.file(), database.optionsFor(process))
    const provider = breakage.provider(bank.providerFor(process))
    const newId = () => `00000000-0000-4000-8000-${String(++this.#ids).padStart(12, '0')}`
    const payments = createPayments({ sql, provider, now, log })
    const enrolments = createEnrolments({ sql, provider, payments, now, log })
    const app = await machine.timeline.during(
      build({ sql, payments, enrolments, mailer: null, publicUrl: null, now, log, newId }),
    )
    const loop = createPaymentLoop({ sql, payments, provider, log, wait: process.wait })
    await loop.start()
    return { process, app, loop, payments, sql }
  }

  #startSoon(): void {
    const { timeline, random } = this.#parts.machine
    if (this.#closed) return
    timeline.after(random.range(500, 4000), 'service starts', () => this.start())
  }
}

/** Those who signed in; with the same token whenever they do it again. */
export const signIn = `INSERT OR REPLACE INTO session (id, digest, subject, way, place, device, signed_in_at, seen_at)
  VALUES (?, ?, ?, 'link', '127.0.0.1', 'phone', ?, ?)`

export function sessionOf({ id, token }: Pick<Customer, 'id' | 'token'>, now: number): readonly (string | number)[] {
  return [`session-of-${id}`, hashOf(token), id, now, now]
}

/** The store's credential, and accounts that there are from the beginning, whose owners are signed in. */
export async function enrol(sql: Sql, storeId: string, customers: readonly Customer[], now: number): Promise<void> {
  await letIn(sql, storeId, storeToken, now)
  for (const [i, { id, code, phone, token }] of customers.entries()) {
    await sql.run(
      `INSERT INTO account (id, name, staff, entry_code, token_hash, created_at, revision) VALUES (?, ?, 0, ?, ?, ?, ?)`,
      [id, id, code, id, now, i + 1],
    )
    await sql.run(signIn, sessionOf({ id, token }, now))
    if (phone !== null)
      await sql.run(
        `INSERT INTO entry_key (id, account_id, public_key, label, added_at, position) VALUES (?, ?, ?, 'phone', ?, ?)`,
        [phone.keyId, id, phone.publicKey, now, i],
      )
  }
}

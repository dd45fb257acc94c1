/** Payments: bills are charged, answers are taken, refunds are sent; nothing is asked that was not written down. */
import type { AccountView } from '../../models/contracts/http.ts'
import type { FailedRefunds, NewRefund, PaymentMethod, Refund, RefundAnswer } from '../../models/contracts/payments.ts'
import { dueValues } from '../due-times.ts'
import { ServiceError } from '../errors.ts'
import { LedgerError } from '../ledger/invariants.ts'
import { paymentOf } from '../ledger/ledger.ts'
import { nextState } from '../ledger/states.ts'
import type { Sql, SqlSession } from '../sql.ts'
import {
  type AskDeps,
  askAfterOthers,
  askLater,
  dueAttempts,
  noteCancelled,
  type OpenAttempt,
  orderOf,
  putOffAttempt,
  triesWith,
  type Unsent,
} from './attempts.ts'
import { answered, attend, dueBills, putOffBill, startCharge } from './charges.ts'
import { countFailedRefunds, failedRefunds, paidOtherwise, sendAgain } from './failed-refunds.ts'
import { methodOf, requireChoice, setMethod } from './methods.ts'
import { type Answer, OtherPaymentError, type PaymentProvider } from './provider.ts'
import { duePayouts, putOffPayout, startPayout } from './refund-payouts.ts'
import { grantRefund, type Note, type StoreTrip } from './refunds.ts'
import { dueLooks, lookAgainAt, lookedAt, putOffLook, type SentPayout } from './returned-payouts.ts'
import { askAgainMs, brokenPauseMs, mostTriesByShopper, triesByShopperWithinMs } from './schedule.ts'

/** pino's shape. */
interface PaymentsLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface PaymentsDeps {
  readonly sql: Sql
  readonly provider: PaymentProvider
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly log: PaymentsLog
}

type Account = Pick<AccountView, 'id'>

export interface Payments {
  /** Does everything that is due now. Overlapping calls take turns. */
  run(): Promise<void>
  /** Told whenever something may have become due. */
  onDue(listener: () => void): void
  /** Says that something may have become due: a bill came. */
  wake(): void
  /** Grants a refund of a trip's bill of that store, or finds it granted. `noted` writes down who does it, here and below. */
  refund(trip: StoreTrip, wanted: NewRefund, noted?: Note): Promise<RefundAnswer>
  /** Those of a store that wait for a person. */
  failedRefunds(storeId: string): Promise<FailedRefunds>
  countFailedRefunds(storeId: string): Promise<number>
  /** Sends one of them once more. Throws NO_SUCH_TRIP, NO_SUCH_REFUND, NOT_FAILED. */
  sendAgain(trip: StoreTrip, refundName: string, noted?: Note): Promise<Refund>
  /** One of them was paid without the provider. Throws NO_SUCH_TRIP, NO_SUCH_REFUND, NOT_FAILED. */
  paidOtherwise(trip: StoreTrip, refundName: string, noted?: Note): Promise<Refund>
  method(account: Account): Promise<PaymentMethod>
  /** Chooses from the provider's list. Throws UNKNOWN_METHOD. */
  setMethod(account: Account, token: string): Promise<PaymentMethod>
  /**
   * Changes what an account pays with to a token that the provider gave for it, and charges it what is open; a bill
   * that is being charged to another one waits for what becomes of that. A bill that cannot be charged is left as it is and logged. Within the caller's transaction: `wake()` is to be called after it.
   */
  useMethod(account: Account, token: string, within: SqlSession): Promise<void>
  /** The shopper wants a bill charged now. Throws NO_SUCH_BILL, NOT_OWED, PAYMENT_UNDER_WAY, NO_METHOD, TOO_MANY_TRIES. */
  pay(account: Account, purchaseId: string): Promise<void>
}

/** Read at a time, so that memory stays bounded; what is left is due in the next round. */
const batchSize = 50
/** Enough to hide the network's delay, few enough not to press a provider that is coming back. */
const maxInFlight = 4
/** An account that owes more bills than this has the rest charged by and by. */
const mostBillsAtOnce = 100

export function createPayments(deps: PaymentsDeps): Payments {
  return new ProviderPayments(deps)
}

class ProviderPayments implements Payments {
  private readonly deps: PaymentsDeps
  private readonly unsent: Unsent = new Set()
  private last: Promise<void> = Promise.resolve()
  private listener: () => void = () => {}

  constructor(deps: PaymentsDeps) {
    this.deps = deps
  }

  run(): Promise<void> {
    const mine = this.last.then(() => this.rounds())
    this.last = mine.catch(() => undefined)
    return mine
  }

  onDue(listener: () => void): void {
    this.listener = listener
  }

  wake(): void {
    this.listener()
  }

  async refund(trip: StoreTrip, wanted: NewRefund, noted?: Note): Promise<RefundAnswer> {
    const answer = await this.deps.sql.transaction((session) =>
      grantRefund(session, trip, wanted, this.deps.now(), noted),
    )
    const { id: refundId, amountMinor, reason } = answer.refund
    this.deps.log.info({ ...trip, refundId, amountMinor, reason, duplicate: answer.duplicate }, 'a refund is granted')
    this.wake()
    return answer
  }

  failedRefunds(storeId: string): Promise<FailedRefunds> {
    return this.deps.sql.transaction((session) => failedRefunds(session, storeId))
  }

  countFailedRefunds(storeId: string): Promise<number> {
    return countFailedRefunds(this.deps.sql, storeId)
  }

  async sendAgain(trip: StoreTrip, refundName: string, noted?: Note): Promise<Refund> {
    const { sql, now, log } = this.deps
    const refund = await sql.transaction((session) => sendAgain(session, trip, refundName, now(), noted))
    log.info({ ...trip, refundId: refund.id }, 'a refund is sent again')
    this.wake()
    return refund
  }

  async paidOtherwise(trip: StoreTrip, refundName: string, noted?: Note): Promise<Refund> {
    const { sql, now, log } = this.deps
    const refund = await sql.transaction((session) => paidOtherwise(session, trip, refundName, now(), noted))
    log.info({ ...trip, refundId: refund.id }, 'a refund was paid otherwise')
    return refund
  }

  async method({ id }: Account): Promise<PaymentMethod> {
    const { provider, sql } = this.deps
    const token = await methodOf(sql, provider, id)
    const { name, choices, enrolment } = provider
    return { provider: name, token, choices: [...choices], hasPage: enrolment !== undefined }
  }

  async setMethod(account: Account, token: string): Promise<PaymentMethod> {
    requireChoice(this.deps.provider, token)
    await this.deps.sql.transaction((session) => this.useMethod(account, token, session))
    this.wake()
    return this.method(account)
  }

  async useMethod(account: Account, token: string, within: SqlSession): Promise<void> {
    const { provider, now } = this.deps
    await setMethod(within, provider, account.id, token)
    await askAfterOthers(within, account.id, token, now())
    for (const purchaseId of await openBills(within, account.id))
      if (await this.mayTry(within, purchaseId, token)) await this.chargeIfSound(within, purchaseId)
  }

  async pay(account: Account, purchaseId: string): Promise<void> {
    const { sql, provider } = this.deps
    await sql.transaction(async (session) => {
      const [owner] = await session.query('SELECT id FROM purchase WHERE id = ? AND account_id = ?', [
        purchaseId,
        account.id,
      ])
      if (owner === undefined) throw new ServiceError('NO_SUCH_BILL', purchaseId)
      const { state } = await paymentOf(session, purchaseId)
      if (state === 'paying' || state === 'authorised') throw new ServiceError('PAYMENT_UNDER_WAY')
      if (nextState(state, 'attempted') === null) throw new ServiceError('NOT_OWED')
      const method = await methodOf(session, provider, account.id)
      if (method === null) throw new ServiceError('NO_METHOD')
      if (!(await this.mayTry(session, purchaseId, method))) throw new ServiceError('TOO_MANY_TRIES')
      await this.chargeNow(session, purchaseId)
    })
    this.wake()
  }

  private async mayTry(session: SqlSession, purchaseId: string, method: string): Promise<boolean> {
    const since = this.deps.now() - triesByShopperWithinMs
    return (await triesWith(session, purchaseId, method, since)).byShopper < mostTriesByShopper
  }

  private async chargeNow(session: SqlSession, purchaseId: string): Promise<void> {
    await startCharge(session, this.chargeDeps(), await paymentOf(session, purchaseId), true)
  }

  /** A bill whose books are wrong is one thing, the rest of the transaction another: only what was written of it is undone. */
  private async chargeIfSound(session: SqlSession, purchaseId: string): Promise<void> {
    await session.run('SAVEPOINT one_bill')
    try {
      await this.chargeNow(session, purchaseId)
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error
      await session.run('ROLLBACK TO SAVEPOINT one_bill')
      this.deps.log.error({ purchaseId, err: error }, 'a bill cannot be charged: it is left as it is')
    }
    await session.run('RELEASE SAVEPOINT one_bill')
  }

  private chargeDeps(): AskDeps {
    const { provider, now } = this.deps
    return { provider, at: now(), unsent: this.unsent }
  }

  /** Until a round finds nothing to do. Each one moves what it does out of the way, so this ends. */
  private async rounds(): Promise<void> {
    while ((await this.startDue()) + (await this.askDue()) + (await this.lookDue()) > 0);
  }

  /** Writes down what is to be asked of the provider. Resolves to how many there were. */
  private async startDue(): Promise<number> {
    const { sql, now } = this.deps
    const bills = await dueBills(sql, now(), batchSize)
    for (const purchaseId of bills)
      await this.orLater({ purchaseId }, (session) => attend(session, this.chargeDeps(), purchaseId), {
        sql: putOffBill,
        id: purchaseId,
      })
    const payouts = await duePayouts(sql, now(), batchSize)
    for (const refundId of payouts)
      await this.orLater({ refundId }, (session) => startPayout(session, this.chargeDeps(), refundId), {
        sql: putOffPayout,
        id: refundId,
      })
    return bills.length + payouts.length
  }

  /** One that breaks must not keep the others from their turn: it is put off, and somebody has to look. False: it was. */
  private async orLater(fields: object, work: (session: SqlSession) => Promise<void>, later: Later): Promise<boolean> {
    const { sql, log } = this.deps
    try {
      await sql.transaction(work)
      return true
    } catch (error) {
      log.error({ ...fields, err: error }, 'a payment cannot be dealt with: it is put off')
      await putOff(this.deps, later)
      return false
    }
  }

  /** Asks the provider, a few at a time. Resolves to how many there were. */
  private async askDue(): Promise<number> {
    const { sql, provider, now } = this.deps
    return inLanes(await dueAttempts(sql, provider.name, now(), batchSize), (one) => this.ask(one))
  }

  /** Asks whether refunds that were sent have come back. Resolves to how many there were. */
  private async lookDue(): Promise<number> {
    const { sql, provider, now } = this.deps
    if (provider.isReturned === undefined) return 0
    return inLanes(await dueLooks(sql, provider.name, now(), batchSize), (one) => this.look(one))
  }

  private async look(sent: SentPayout): Promise<void> {
    const { provider, log, now } = this.deps
    const { attemptId, purchaseId, refundId } = sent
    const work = async (session: SqlSession) => lookedAt(session, sent, isReturned, now())
    let isReturned = false
    try {
      isReturned = (await provider.isReturned?.(sent.reference)) ?? false
    } catch (error) {
      log.warn(
        { refundId, why: (error as Error).message },
        'the payment provider did not say whether a refund came back',
      )
      return lookAgainAt(this.deps.sql, attemptId, now() + brokenPauseMs)
    }
    const later = { sql: putOffLook, id: attemptId }
    if ((await this.orLater({ refundId }, work, later)) && isReturned)
      log.warn({ refundId, purchaseId, attemptId }, 'a refund came back: the store sends it again or pays it otherwise')
  }

  private async ask(open: OpenAttempt): Promise<void> {
    const { log, now } = this.deps
    const { id: attemptId, kind, purchaseId } = open.attempt
    const answer = await this.answerTo(open)
    const later = { sql: putOffAttempt, id: attemptId }
    if (answer === 'of-another') return putOff(this.deps, later)
    const askAt = now() + askAgainMs(open.asks)
    if (answer.kind === 'pending') return askLater(this.deps.sql, attemptId, askAt, answer.confirmUrl ?? null)
    const take = (session: SqlSession) => answered(session, this.chargeDeps(), open.attempt, answer)
    if (!(await this.orLater({ attemptId }, take, later))) return
    const reason = answer.kind === 'declined' ? answer.reason : null
    const fields = { attemptId, purchaseId, kind, outcome: answer.kind, reason }
    if (answer.kind === 'declined') log.warn(fields, 'a payment was declined')
    else log.info(fields, 'a payment was answered')
  }

  /** What cannot be known now is pending; `of-another`: of another order than ours. */
  private async answerTo(open: OpenAttempt): Promise<Answer | 'of-another'> {
    const { sql, provider, log } = this.deps
    const { id: attemptId, kind } = open.attempt
    try {
      const order = orderOf(open, this.unsent.delete(attemptId))
      return await provider.send(order, () => noteCancelled(sql, attemptId))
    } catch (error) {
      if (error instanceof OtherPaymentError) {
        log.error({ attemptId, kind, err: error }, 'the payment provider has something else than it was asked for')
        return 'of-another'
      }
      log.warn(
        { attemptId, kind, why: (error as Error).message },
        'the payment provider did not answer: it is asked again',
      )
      return { kind: 'pending' }
    }
  }
}

/** How one that is broken is put off: until then, its id, `dueValues()`. */
interface Later {
  readonly sql: string
  readonly id: string
}

/** Only while it is still due: it may be done, and only the word of it lost. */
async function putOff({ sql, now }: PaymentsDeps, later: Later): Promise<void> {
  await sql.run(later.sql, [now() + brokenPauseMs, later.id, ...dueValues(now())])
}

async function inLanes<T>(due: readonly T[], work: (one: T) => Promise<void>): Promise<number> {
  const queue = [...due]
  const lane = async () => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) await work(one)
  }
  const lanes = await Promise.allSettled(Array.from({ length: maxInFlight }, lane))
  const failed = lanes.find((each) => each.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return due.length
}

/** Bills of an account that could be charged, oldest first. */
async function openBills(session: SqlSession, accountId: string): Promise<string[]> {
  const rows = await session.query<{ id: string }>(
    `SELECT purchase.id AS id FROM purchase JOIN bill_payment ON bill_payment.purchase_id = purchase.id
     WHERE purchase.account_id = ? AND bill_payment.state IN ('due', 'declined', 'unpaid', 'written-off')
     ORDER BY purchase.ended_at LIMIT ?`,
    [accountId, mostBillsAtOnce],
  )
  return rows.map(({ id }) => id)
}

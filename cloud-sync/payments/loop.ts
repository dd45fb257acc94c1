/** Keeps payments going: looks at once when something became due, and every few seconds for what time made due. */
import type { Wait } from '../delivery-send.ts'
import { waitByTimer } from '../delivery-send.ts'
import type { Sql } from '../sql.ts'
import { openElsewhere } from './attempts.ts'
import { auditPayments } from './audit.ts'
import type { Payments } from './payments.ts'
import type { PaymentProvider } from './provider.ts'

interface LoopLog {
  error(fields: object, message: string): void
  fatal(fields: object, message: string): void
}

interface LoopDeps {
  readonly sql: Sql
  readonly payments: Pick<Payments, 'run' | 'onDue'>
  readonly provider: Pick<PaymentProvider, 'name'>
  readonly log: LoopLog
  readonly wait?: Wait
}

export interface PaymentLoop {
  /** Looks at the books first: while they are wrong no money moves. Resolves when it is known that it does. */
  start(): Promise<void>
  /** Waits for what is under way. */
  stop(): Promise<void>
}

/** An answer that a provider owes us is asked after this soon; a look without anything due costs four queries. */
const lookMs = 5000

export function createPaymentLoop({ sql, payments, provider, log, wait = waitByTimer }: LoopDeps): PaymentLoop {
  let stopped = false
  let woken = false
  let sleep = new AbortController()
  let running: Promise<void> = Promise.resolve()

  function wake(): void {
    woken = true
    sleep.abort()
  }

  async function look(): Promise<void> {
    woken = false
    try {
      await payments.run()
    } catch (error) {
      log.error({ err: error }, 'payments cannot go on now: they are tried again')
      // Whatever woke it would fail as well.
      woken = false
    }
  }

  async function live(): Promise<void> {
    while (!stopped) {
      await look()
      if (stopped || woken) continue
      sleep = new AbortController()
      await wait(lookMs, sleep.signal)
    }
  }

  return {
    async start() {
      const problems = await auditPayments(sql)
      for (const problem of problems)
        log.fatal({}, `the books are wrong, no money moves until they are mended: ${problem}`)
      for (const { provider: other, count } of await openElsewhere(sql, provider.name))
        log.error(
          { provider: other, count },
          `${count} payments or refunds wait for ${other}, which is not asked any more`,
        )
      if (problems.length > 0) return
      payments.onDue(wake)
      running = live()
    },
    async stop() {
      stopped = true
      sleep.abort()
      await running
    },
  }
}

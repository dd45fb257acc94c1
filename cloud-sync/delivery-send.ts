/** One attempt to bring one bill to the account service. */
import { setTimeout as delay } from 'node:timers/promises'
import { parsePurchaseAnswer } from '../models/contracts/http.ts'
import { type Outcome, outcomeOf } from './delivery-plan.ts'
import type { OutboxBill } from './outbox.ts'

export interface SendDeps {
  /** Of the account service, `http://host:port`. */
  readonly url: string
  /** The store's credential. */
  readonly token: string
  readonly fetch: typeof fetch
  readonly wait: Wait
  /** A new name for each attempt. */
  readonly newRequestId: () => string
}

/** Resolves after `ms` milliseconds, or sooner when the signal is aborted. Never rejects. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>

export const waitByTimer: Wait = (ms, signal) =>
  delay(ms, undefined, { signal }).then(
    () => undefined,
    () => undefined,
  )

/** What came of it, and why in words. */
export type Sent = { readonly outcome: Outcome; readonly why: string }

/** The service answers in milliseconds; after this the answer is lost. */
const answerTimeoutMs = 10_000

/** Sends once, giving up after 10 s or when `stop` is aborted. Never rejects. */
export async function sendBill(deps: SendDeps, bill: OutboxBill, stop: AbortSignal): Promise<Sent> {
  const attempt = new AbortController()
  const answered = new AbortController()
  const giveUp = () => attempt.abort(new Error('the store is closing down'))
  stop.addEventListener('abort', giveUp, { once: true })
  void deps
    .wait(answerTimeoutMs, answered.signal)
    .then(() => attempt.abort(new Error(`no answer within ${answerTimeoutMs / 1000} s`)))
  try {
    return await judge(await post(deps, bill, attempt.signal))
  } catch (error) {
    return { outcome: 'unreachable', why: reasonOf(error) }
  } finally {
    stop.removeEventListener('abort', giveUp)
    answered.abort()
  }
}

function post(deps: SendDeps, { purchase }: OutboxBill, signal: AbortSignal): Promise<Response> {
  return deps.fetch(new URL('/v1/purchases', deps.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${deps.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...purchase, requestId: deps.newRequestId() }),
    redirect: 'error',
    signal,
  })
}

/** Answers of our service are short; more comes from somebody else. */
const maxAnswerLength = 2000

async function judge(response: Response): Promise<Sent> {
  const text = await beginningOf(response)
  const understood = response.ok && parsePurchaseAnswer(parseJson(text)).ok
  const outcome = outcomeOf(response.status, understood)
  return { outcome, why: understood ? 'taken' : `the service answered ${response.status}: ${text}` }
}

/** What comes after it is not waited for, nor kept. */
async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const part of body ?? []) {
    text += decoder.decode(part, { stream: true })
    if (text.length > maxAnswerLength) break
  }
  return text.slice(0, maxAnswerLength)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** fetch hides the reason (connection refused, …) in `cause`. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error ? `${message}: ${cause.message || (cause as NodeJS.ErrnoException).code}` : message
}

/** What Alipay says, in our words. Pure. */
import type { DeclineReason } from '../../models/contracts/payments.ts'
import type { Answer } from './provider.ts'

/** The fields of an answer that are used here; Alipay's documents have the rest. */
export interface AlipayAnswer {
  /** 10000: done; 10003: under way; 20000: the gateway does not know; 40004: refused, `subCode` says why. */
  readonly code: string
  readonly subCode?: string
  /** Alipay's own number of the payment. */
  readonly tradeNo?: string
  readonly tradeStatus?: string
  /** Of the payment asked after, as `amountText` writes it. */
  readonly totalAmount?: string
  /** When the money went to the shop; there only when it did. */
  readonly sendPayDate?: string
}

/** Sub codes, as `codeOf` reads them, by which trying again another day may help. */
const shortOfMoney = new Set(['BUYER_BALANCE_NOT_ENOUGH', 'BUYER_BANKCARD_BALANCE_NOT_ENOUGH'])
/** The agreement has ended, or never was: the shopper has to make another. */
const unusable = new Set([
  'AGREEMENT_ERROR',
  'AGREEMENT_INVALID',
  'AGREEMENT_NOT_EXIST',
  'BUYER_ENABLE_STATUS_FORBID',
  'NO_PAYMENT_INSTRUMENTS_AVAILABLE',
])
/** Neither yes nor no. */
const unknown = new Set(['SYSTEM_ERROR', 'UNKNOW-ERROR', 'UNKNOWN-ERROR'])

/** Gateways of Alipay write one code as `ACQ.SYSTEM_ERROR`, `aop.ACQ.SYSTEM_ERROR` and `AOP.SYSTEM_ERROR`. */
function codeOf(subCode: string): string {
  return subCode.toUpperCase().split('.').at(-1) ?? ''
}

export function reasonOf(refusal: string): DeclineReason {
  if (shortOfMoney.has(refusal)) return 'insufficient-funds'
  return unusable.has(refusal) ? 'method-unusable' : 'declined'
}

/** Refused for certain, with the reason as `codeOf` reads it; null: done, under way, or not known. */
export function refusalOf({ code, subCode = '' }: AlipayAnswer): string | null {
  const refusal = codeOf(subCode)
  return code === '40004' && !unknown.has(refusal) ? refusal : null
}

/** What an order to pay has come to; `ask`: only a query can tell. */
export function paidOutcome(answer: AlipayAnswer): Answer | 'ask' | { readonly refused: string } {
  const { code, tradeNo } = answer
  if (code === '10000' && tradeNo !== undefined) return { kind: 'captured', reference: tradeNo }
  const subCode = refusalOf(answer)
  if (subCode === null) return { kind: 'pending' }
  return subCode === 'TRADE_HAS_SUCCESS' || subCode === 'TRADE_HAS_CLOSE' ? 'ask' : { refused: subCode }
}

/**
 * What a payment that was asked after has come to; `none`: Alipay never heard of it; `waiting`: it may still be paid.
 * `mayBeForgotten`: the books may have known that it was captured, and it was not they who cancelled it.
 */
export function queriedOutcome(answer: AlipayAnswer, mayBeForgotten: boolean): Answer | 'none' | 'waiting' {
  if (refusalOf(answer) === 'TRADE_NOT_EXIST') return 'none'
  switch (answer.code === '10000' ? answer.tradeStatus : undefined) {
    case 'TRADE_SUCCESS':
    case 'TRADE_FINISHED':
      return captured(answer)
    // Closed before it was paid, or given back by our cancelling; or by a refund that the books forgot, which is no reason to take it again.
    case 'TRADE_CLOSED':
      return mayBeForgotten && answer.sendPayDate !== undefined
        ? captured(answer)
        : { kind: 'declined', reason: 'declined' }
    case 'WAIT_BUYER_PAY':
      return 'waiting'
    default:
      return { kind: 'pending' }
  }
}

function captured({ tradeNo }: AlipayAnswer): Answer {
  return tradeNo === undefined ? { kind: 'pending' } : { kind: 'captured', reference: tradeNo }
}

/** Minor units of a currency with two decimals as Alipay writes them: 1199 is 11.99. */
export function amountText(amountMinor: number): string {
  return `${Math.trunc(amountMinor / 100)}.${String(amountMinor % 100).padStart(2, '0')}`
}

/** NaN: it is no amount. */
export function minorOf(text = ''): number {
  return /^\d+\.\d{2}$/.test(text) ? Number(text.replace('.', '')) : Number.NaN
}

/** Alipay's names of our orders are letters, digits and underscores. */
export const outTradeNo = (key: string): string => key.replaceAll('-', '_')
export const keyOf = (tradeNo: string): string => tradeNo.replaceAll('_', '-')

const hourMs = 3_600_000

/** `yyyy-MM-dd HH:mm:ss` in China, whose clocks are eight hours ahead of UTC all year; NaN: it is none. */
export function timeOf(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}+08:00`)
}

/** Alipay repeats a message for 25 hours; one that is older, or ahead by more than clocks differ, is somebody's copy. */
export function isFresh(text: string, now: number): boolean {
  const age = now - timeOf(text)
  return age <= 25.5 * hourMs && age >= -300_000
}

/** What Alipay holds, for tests: payments by the merchant's number, refunds, agreements. Pure. */

type Content = Readonly<Record<string, unknown>>
export type Reply = Readonly<Record<string, string>>

interface Trade {
  readonly out_trade_no: string
  readonly trade_no: string
  readonly amountMinor: number
  /** Stays when the money is given back. */
  paidAt?: string
  status: 'WAIT_BUYER_PAY' | 'TRADE_SUCCESS' | 'TRADE_CLOSED'
}

interface Refund {
  readonly trade: string
  readonly minor: number
}

export interface AlipayState {
  answer(method: string, content: Content): Reply
  readonly trades: ReadonlyMap<string, Trade>
  /** By the merchant's number. */
  readonly refunds: ReadonlyMap<string, Refund>
  /** What was taken less what was given back. */
  netMinor(): number
  /** A payment that waited is paid. */
  succeed(outTradeNo: string): void
  /** A shopper makes the agreement that a page was opened for, and gives it a number. */
  agree(externalAgreementNo: string, agreementNo: string): void
}

/** By the agreement's number, how a payment ends; the others are paid. */
const refusals: Readonly<Record<string, string>> = {
  '1000': 'ACQ.BUYER_BALANCE_NOT_ENOUGH',
  '2000': 'ACQ.AGREEMENT_INVALID',
}
const slow = '3000'

const done = { code: '10000' }
const refused = (subCode: string): Reply => ({ code: '40004', sub_code: subCode })
const text = (value: unknown) => (typeof value === 'string' ? value : '')
const sumOf = (refunds: readonly Refund[]) => refunds.reduce((sum, { minor }) => sum + minor, 0)
const yuanOf = (minor: number) => (minor / 100).toFixed(2)
const minorOf = (yuan: unknown) => Math.round(Number(yuan) * 100)

export function createAlipayState(): AlipayState {
  const trades = new Map<string, Trade>()
  const refunds = new Map<string, Refund>()
  const agreements = new Map<string, string>()
  const tradeOf = ({ out_trade_no, trade_no }: Content) =>
    [...trades.values()].find((one) => one.out_trade_no === out_trade_no || one.trade_no === trade_no)

  function pay(content: Content): Reply {
    const known = tradeOf(content)
    if (known?.status === 'TRADE_SUCCESS') return refused('ACQ.TRADE_HAS_SUCCESS')
    if (known?.status === 'TRADE_CLOSED') return refused('ACQ.TRADE_HAS_CLOSE')
    const agreement = text((content.agreement_params as Content | undefined)?.agreement_no)
    const refusal = refusals[agreement]
    const status = refusal !== undefined || agreement === slow ? 'WAIT_BUYER_PAY' : 'TRADE_SUCCESS'
    const name = text(content.out_trade_no)
    const trade_no = known?.trade_no ?? `20261122${trades.size + 1}`
    trades.set(name, {
      out_trade_no: name,
      trade_no,
      amountMinor: minorOf(content.total_amount),
      status: 'WAIT_BUYER_PAY',
    })
    if (status === 'TRADE_SUCCESS') succeed(name)
    if (refusal !== undefined) return refused(refusal)
    return { code: status === 'TRADE_SUCCESS' ? '10000' : '10003', out_trade_no: name, trade_no }
  }

  function query(content: Content): Reply {
    const trade = tradeOf(content)
    if (trade === undefined) return refused('ACQ.TRADE_NOT_EXIST')
    const { trade_no, status: trade_status, paidAt, amountMinor } = trade
    const total_amount = yuanOf(amountMinor)
    return { ...done, trade_no, trade_status, total_amount, ...(paidAt === undefined ? {} : { send_pay_date: paidAt }) }
  }

  function cancel(content: Content): Reply {
    const trade = tradeOf(content)
    if (trade === undefined) return refused('ACQ.TRADE_NOT_EXIST')
    const { trade_no, amountMinor: minor } = trade
    const action = trade.status === 'TRADE_SUCCESS' ? 'refund' : 'close'
    if (action === 'refund') refunds.set(trade.out_trade_no, { trade: trade_no, minor })
    trade.status = 'TRADE_CLOSED'
    return { ...done, trade_no, action, retry_flag: 'N' }
  }

  function refund(content: Content): Reply {
    const trade = tradeOf(content)
    if (trade?.status !== 'TRADE_SUCCESS') return refused('ACQ.TRADE_STATUS_ERROR')
    const name = text(content.out_request_no)
    const isKnown = refunds.has(name)
    refunds.set(name, { trade: trade.trade_no, minor: minorOf(content.refund_amount) })
    const given = [...refunds.values()].filter((one) => one.trade === trade.trade_no)
    if (sumOf(given) === trade.amountMinor) trade.status = 'TRADE_CLOSED'
    return { ...done, trade_no: trade.trade_no, fund_change: isKnown ? 'N' : 'Y' }
  }

  function succeed(name: string): void {
    const trade = trades.get(name)
    if (trade !== undefined) Object.assign(trade, { status: 'TRADE_SUCCESS', paidAt: '2026-11-22 20:00:00' })
  }

  const methods: Readonly<Record<string, (content: Content) => Reply>> = {
    'alipay.trade.pay': pay,
    'alipay.trade.query': query,
    'alipay.trade.cancel': cancel,
    'alipay.trade.refund': refund,
    'alipay.trade.fastpay.refund.query': ({ out_request_no }) => {
      const known = refunds.get(text(out_request_no))
      return known === undefined
        ? done
        : { ...done, refund_status: 'REFUND_SUCCESS', refund_amount: yuanOf(known.minor) }
    },
    'alipay.user.agreement.query': ({ external_agreement_no }) => {
      const agreement_no = agreements.get(text(external_agreement_no))
      return agreement_no === undefined
        ? refused('USER_AGREEMENT_NOT_EXIST')
        : { ...done, status: 'NORMAL', agreement_no }
    },
  }

  return {
    trades,
    refunds,
    answer: (method, content) => methods[method]?.(content) ?? { code: '40002', sub_code: 'isv.invalid-method' },
    netMinor: () =>
      [...trades.values()].reduce((sum, { paidAt, amountMinor }) => sum + (paidAt === undefined ? 0 : amountMinor), 0) -
      sumOf([...refunds.values()]),
    succeed,
    agree: (external, agreement) => void agreements.set(external, agreement),
  }
}

import type { AccountBill } from '../../../models/contracts/http.ts'
import { formatDayAndTime, formatMoney } from '../../../models/text/format.ts'
import { waitsForStore } from '../../../models/text/payment-words.ts'

/** In the line that stands for a bill: only what is not as it should be, or not as it was. */
export function PaymentChip({ payment, refunds }: Pick<AccountBill, 'payment' | 'refunds'>) {
  if (refunds.some(waitsForStore)) return <span class="chip bad">refund failed</span>
  switch (payment.state) {
    case 'checking':
      return <span class="chip warn">being checked</span>
    case 'retrying':
    case 'unpaid':
      return <span class="chip bad">not paid</span>
    case 'under-way':
      return <span class={payment.failure === null ? 'chip' : 'chip bad'}>payment on its way</span>
    case 'refunded':
      return <span class="chip">refunded</span>
    case 'paid':
      return <span class="chip good">{payment.refundedMinor > 0 ? 'paid, partly refunded' : 'paid'}</span>
    default:
      return null
  }
}

/** To try again would change nothing. */
const hopeless: ReadonlySet<string> = new Set(['no-method', 'too-small'])

interface Props {
  readonly bill: AccountBill
  readonly onPay: (id: string) => void
}

/** What happened to a payment, what happens next, and what the shopper can do. */
export function PaymentNotice({ bill, onPay }: Props) {
  const { id, payment, currency } = bill
  if (payment.failure === null) return null
  const waits = payment.state === 'under-way'
  return (
    <div class="notice bad settle">
      <p>
        <strong>{formatMoney(payment.owedMinor, currency)} not paid.</strong> {payment.message}
        {payment.nextTryAt !== null && ` Next try: ${formatDayAndTime(payment.nextTryAt)}.`}
      </p>
      {payment.confirmUrl !== null && (
        <a class="button" href={payment.confirmUrl}>
          Confirm it to your bank
        </a>
      )}
      {!waits && !hopeless.has(payment.failure) && (
        <button type="button" class="button" onClick={() => onPay(id)}>
          Pay {formatMoney(payment.owedMinor, currency)} now
        </button>
      )}
    </div>
  )
}

import type { AccountBill } from '../../../models/contracts/http.ts'
import { formatDayAndTime, formatDuration, formatMoney, formatRate } from '../../../models/text/format.ts'
import { waitsForStore } from '../../../models/text/payment-words.ts'
import { PaymentChip, PaymentNotice } from './payment-notice.tsx'
import { Refunds } from './refunds.tsx'

interface Props {
  readonly bill: AccountBill
  readonly open: boolean
  readonly onPay: (id: string) => void
}

export function BillCard({ bill, open, onPay }: Props) {
  const { storeName, startedAt, endedAt, status, lines, totalMinor, currency, checkedAt, payment, refunds } = bill
  return (
    <li class="card bill">
      <details open={open || payment.failure !== null || refunds.some(waitsForStore)}>
        <summary>
          <span class="place">
            <strong>{storeName}</strong>
            <span class="quiet">
              {formatDayAndTime(endedAt)} · {formatDuration(endedAt - startedAt)} in the store
            </span>
          </span>
          <strong class="money">{formatMoney(totalMinor, currency)}</strong>
          <PaymentChip payment={payment} refunds={refunds} />
        </summary>
        <PaymentNotice bill={bill} onPay={onPay} />
        {status === 'review' && (
          <p class="notice">
            We were not sure about everything you took, so a person checks this bill first. You are not charged until
            then, and the amount may still change.
          </p>
        )}
        {checkedAt !== undefined && (
          <p class="quiet">A person checked this bill on {formatDayAndTime(checkedAt)}. It will not change any more.</p>
        )}
        {lines.length === 0 ? <p class="quiet">You took nothing, so you owe nothing.</p> : <BillTable bill={bill} />}
        <Refunds bill={bill} />
      </details>
    </li>
  )
}

function BillTable({ bill }: { readonly bill: AccountBill }) {
  const { storeName, lines, taxes, totalMinor, currency } = bill
  const money = (amountMinor: number) => formatMoney(amountMinor, currency)
  return (
    <table>
      <caption class="unseen">What you bought at {storeName}</caption>
      <thead class="unseen">
        <tr>
          <th scope="col">Item</th>
          <th scope="col">Price</th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ sku, name, quantity, unitPriceMinor, totalMinor: lineMinor }) => (
          <tr key={sku}>
            <td>
              {name}
              {quantity > 1 && (
                <span class="quiet">
                  {quantity} × {money(unitPriceMinor)}
                </span>
              )}
            </td>
            <td class="money">{money(lineMinor)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr class="total">
          <th scope="row">Total</th>
          <td class="money">{money(totalMinor)}</td>
        </tr>
        {taxes.map(({ taxRate, grossMinor, taxMinor }) => (
          <tr key={taxRate} class="quiet">
            <th scope="row">
              Includes {formatRate(taxRate)} tax on {money(grossMinor)}
            </th>
            <td class="money">{money(taxMinor)}</td>
          </tr>
        ))}
      </tfoot>
    </table>
  )
}

import type { AccountBill } from '../../../models/contracts/http.ts'
import { formatDayAndTime, formatMoney } from '../../../models/text/format.ts'
import { refundReasonWords, refundStateWords } from '../../../models/text/payment-words.ts'

/** What was given back of a bill, with the tax in it. */
export function Refunds({ bill }: { readonly bill: AccountBill }) {
  const { refunds, currency, lines } = bill
  const nameOf = (sku: string) => lines.find((line) => line.sku === sku)?.name ?? sku
  const money = (amountMinor: number) => formatMoney(amountMinor, currency)
  if (refunds.length === 0) return null
  return (
    <section class="refunds" aria-label="Refunds">
      <h3>Given back to you</h3>
      <ul>
        {refunds.map(({ id, at, reason, note, amountMinor, lines: products, vatBreakdown, state }) => (
          <li key={id}>
            <span>
              {products.map(({ sku, quantity }) => `${quantity} × ${nameOf(sku)}`).join(', ') || 'Part of the bill'}:{' '}
              {refundReasonWords(reason)}
              {note !== undefined && <span class="note">“{note}”</span>}
              <span class="quiet">
                {formatDayAndTime(at)} · {refundStateWords(state)} · includes{' '}
                {money(vatBreakdown.reduce((sum, group) => sum + group.vatCategoryTaxAmountMinor, 0))} tax
              </span>
            </span>
            <strong class="money">−{money(amountMinor)}</strong>
          </li>
        ))}
      </ul>
    </section>
  )
}

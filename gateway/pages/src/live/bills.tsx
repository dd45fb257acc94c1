import type { LiveView } from '../../../../models/contracts/http.ts'
import type { Store } from '../../../../models/contracts/store.ts'
import { formatClock, formatMoney } from '../../../../models/text/format.ts'
import { itemCount, shortId } from '../words.ts'
import { CartLines } from './cart-lines.tsx'

interface Props {
  readonly store: Store
  readonly bills: LiveView['bills']
  readonly waiting: number
}

export function BillList({ store, bills, waiting }: Props) {
  return (
    <section class="card bills" aria-labelledby="bills">
      <header>
        <h2 id="bills">Bills</h2>
        <p class="quiet">{waitingWords(waiting)}</p>
      </header>
      {bills.length === 0 ? (
        <p class="empty">Nobody has left yet. A bill appears as soon as a shopper walks out.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        <ol class="scroll" tabIndex={0} aria-label="Latest bills">
          {[...bills].reverse().map((bill) => (
            <BillItem key={bill.tripId} bill={bill} store={store} />
          ))}
        </ol>
      )}
    </section>
  )
}

function waitingWords(waiting: number): string {
  if (waiting === 0) return 'all sent to the account service'
  return waiting === 1 ? '1 waits for the account service' : `${waiting} wait for the account service`
}

/** A bill of an account is named after it already. */
function accountWords(shopper: string, account: string | null): string {
  if (account === null) return ' · no account'
  return account === shopper ? '' : ` · account ${account}`
}

function BillItem({ bill, store }: { readonly bill: LiveView['bills'][number]; readonly store: Store }) {
  const { tripId, shopper, account, endedAt, status, lines, currency, totalMinor, delivered } = bill
  return (
    <li class="bill">
      <details>
        <summary>
          <span class="who">
            <strong>Shopper {shortId(shopper)}</strong>
            <span class="quiet">
              left {formatClock(endedAt, store.timezone)}
              {accountWords(shopper, account)}
            </span>
          </span>
          <span class="sum">
            <strong class="money">{formatMoney(totalMinor, currency)}</strong>
            <span class="quiet">{lines.length === 0 ? 'took nothing' : itemCount(lines)}</span>
          </span>
          <span class="chips">
            {status === 'review' && <span class="chip warn">in review</span>}
            {delivered ? <span class="chip good">sent</span> : <span class="chip">waiting to be sent</span>}
          </span>
        </summary>
        {status === 'review' && (
          <p class="quiet why">
            Not sure enough to charge unseen: a person has to look at it first.{' '}
            <a href={`/reviews/#${encodeURIComponent(tripId)}`}>Decide on it</a>
          </p>
        )}
        {lines.length === 0 ? (
          <p class="quiet why">Nothing was taken.</p>
        ) : (
          <CartLines lines={lines} currency={currency} />
        )}
      </details>
    </li>
  )
}

import type { ShelfEvent } from '../../../../models/contracts/bills.ts'
import type { LiveView } from '../../../../models/contracts/http.ts'
import type { Store } from '../../../../models/contracts/store.ts'
import { formatMoney } from '../../../../models/text/format.ts'
import { eventSentence, itemCount, type Names, shortId } from '../words.ts'

interface Props {
  readonly store: Store
  readonly view: LiveView
  readonly news: readonly ShelfEvent[]
  readonly names: Names
  readonly selected: string | null
}

/** What a screen reader says: the cart that was chosen, and the latest event. */
export function Spoken({ store, view, news, names, selected }: Props) {
  const shopper = view.shoppers.find(({ id }) => id === selected)
  const latest = news.at(-1)
  return (
    <>
      <p class="unseen" aria-live="polite">
        {shopper !== undefined &&
          `Cart of shopper ${shortId(shopper.id)}: ${itemCount(shopper.items)}, ${formatMoney(shopper.totalMinor, store.currency)}`}
      </p>
      <p class="unseen" aria-live="polite">
        {latest !== undefined && eventSentence(latest, names)}
      </p>
    </>
  )
}

import { useState } from 'preact/hooks'
import type { PaymentMethod } from '../../../models/contracts/payments.ts'

interface Props {
  readonly method: PaymentMethod
  readonly onChoose: (token: string) => Promise<void>
  readonly onOpenPage: () => Promise<void>
}

/** What the account pays with, where it can be chosen here. */
export function PaymentMethodCard({ method, onChoose, onOpenPage }: Props) {
  const { provider, token, choices, hasPage } = method
  const [changed, setChanged] = useState(false)
  if (hasPage) return <ChosenElsewhere hasOne={token !== null} onOpenPage={onOpenPage} />
  return (
    <section class="card method" aria-labelledby="method">
      <h2 id="method">How you pay</h2>
      <label>
        <span class="quiet">Your bills are charged to</span>
        <select
          value={token ?? ''}
          onChange={({ currentTarget }) => void onChoose(currentTarget.value).then(() => setChanged(true))}
        >
          {choices.map((choice) => (
            <option key={choice.token} value={choice.token}>
              {choice.label}
            </option>
          ))}
        </select>
      </label>
      {provider === 'test' && <p class="quiet">These are test payments: no money moves.</p>}
      <p role="status" class="quiet">
        {changed && 'Changed. What was not paid is being tried again.'}
      </p>
    </section>
  )
}

/** On the provider's page: no card number comes near this one. */
function ChosenElsewhere({ hasOne, onOpenPage }: Pick<Props, 'onOpenPage'> & { readonly hasOne: boolean }) {
  const [busy, setBusy] = useState(false)
  const open = () => {
    setBusy(true)
    void onOpenPage().finally(() => setBusy(false))
  }
  return (
    <section class="card method" aria-labelledby="method">
      <h2 id="method">How you pay</h2>
      <p>{hasOne ? 'Your bills are charged to the card that you chose.' : 'There is no card on your account yet.'}</p>
      <button type="button" class="button" disabled={busy} onClick={open}>
        {hasOne ? 'Choose another card' : 'Choose a card'}
      </button>
      <p class="quiet">You choose it on the page of the payment provider, and come back here.</p>
    </section>
  )
}

import { useState } from 'preact/hooks'
import type { PaymentMethod } from '../../../models/contracts/payments.ts'

interface Props {
  readonly method: PaymentMethod
  readonly onChoose: (token: string) => Promise<void>
}

/** What the account pays with, where it can be chosen here. */
export function PaymentMethodCard({ method, onChoose }: Props) {
  const { provider, token, choices } = method
  const [changed, setChanged] = useState(false)
  if (choices.length === 0) return null
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

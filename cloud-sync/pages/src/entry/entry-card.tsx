import { useState } from 'preact/hooks'
import type { AccountView } from '../../../../models/contracts/http.ts'
import { LiveCode } from './live-code.tsx'
import { Phones } from './phones.tsx'
import { QrCode } from './qr-code.tsx'
import { type KnownPhone, usePhone } from './use-phone.ts'
import './entry.css'

const lastStore = 'tillfree.store'

/** The way in: this phone's code of the moment, which of the shopper's phones make codes, and a card for staff. */
export function EntryCard({ account }: { readonly account: AccountView }) {
  const { entryCode, refused } = account
  const { phone, acts } = usePhone(account.id)
  return (
    <section class="card code" aria-labelledby="code">
      <h2 id="code">Your way in</h2>
      {refused !== undefined && (
        <p class="notice bad">
          The gate stays closed for you, because a bill is not paid. You can settle it on this page.
        </p>
      )}
      <Code phone={phone} acts={acts} />
      {phone.kind === 'known' && <Phones phone={phone} onRemove={acts.remove} />}
      {entryCode !== undefined && <StaffCard code={entryCode} />}
    </section>
  )
}

type Props = ReturnType<typeof usePhone>

function Code({ phone, acts }: Props) {
  const [chosen, setChosen] = useState(() => localStorage.getItem(lastStore))
  const choose = (id: string) => {
    localStorage.setItem(lastStore, id)
    setChosen(id)
  }
  if (phone.kind === 'preparing') return <p class="empty">Your code is being made …</p>
  if (phone.kind === 'impossible') return <p class="notice bad">There is no code here. {phone.why}</p>
  if (!phone.isRegistered)
    return (
      <div class="removed">
        <p>This phone was taken off your account. Its codes open no gate.</p>
        <button type="button" class="button" onClick={acts.useThisPhone}>
          Use this phone again
        </button>
      </div>
    )
  const { stores } = phone
  const [only] = stores
  if (only === undefined) return <p class="empty">Your code appears here as soon as a store is connected.</p>
  const store = stores.length === 1 ? only : stores.find(({ id }) => id === chosen)
  return (
    <>
      {stores.length > 1 && <StoreChoice stores={stores} chosen={store?.id ?? ''} onChoose={choose} />}
      {store !== undefined && <LiveCode key={store.id} phone={phone} store={store} />}
    </>
  )
}

interface ChoiceProps {
  readonly stores: KnownPhone['stores']
  readonly chosen: string
  readonly onChoose: (storeId: string) => void
}

/** A code is for one store: elsewhere nobody can use a picture of it. */
function StoreChoice({ stores, chosen, onChoose }: ChoiceProps) {
  return (
    <label class="store">
      <span class="quiet">Your code is for the store</span>
      <select value={chosen} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        {chosen === '' && <option value="">Choose where you are …</option>}
        {stores.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

function StaffCard({ code }: { readonly code: string }) {
  return (
    <details class="more">
      <summary>
        Your staff card <span class="chip good">Staff account</span>
      </summary>
      <p class="quiet">Its code does not change: print it, and keep it to yourself.</p>
      <QrCode text={code} label="QR code of your staff card" />
    </details>
  )
}

import { useState } from 'preact/hooks'
import type { AccountView } from '../../../models/contracts/http.ts'
import { OwnKeys } from './people/own-keys.tsx'
import { peopleApi } from './people/people-api.ts'
import { SignIn } from './sign-in.tsx'

const api = peopleApi('/v1')

interface Props {
  readonly account: AccountView
  readonly onRename: (name: string) => void
  readonly onSignedOut: () => void
}

/** What opens the account; closed until somebody wants to see it. */
export function OwnAccess({ account, onRename, onSignedOut }: Props) {
  const [open, setOpen] = useState(false)
  const [again, setAgain] = useState(false)
  return (
    <section class="card method">
      <details open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <h2>Name and sign-in</h2>
        </summary>
        {open && (
          <div class="own-access">
            <NameForm name={account.name} onRename={onRename} />
            {account.email !== undefined && <p class="quiet">Codes to sign in go to {account.email}.</p>}
            {again ? (
              <SignIn why="again" onDone={() => setAgain(false)} />
            ) : (
              <OwnKeys api={api} onSignedOut={onSignedOut} onSignInAgain={() => setAgain(true)} />
            )}
          </div>
        )}
      </details>
    </section>
  )
}

function NameForm({ name, onRename }: { readonly name: string; readonly onRename: (name: string) => void }) {
  const [wanted, setWanted] = useState(name)
  const save = (event: Event) => {
    event.preventDefault()
    onRename(wanted.trim())
  }
  return (
    <form class="people-form" onSubmit={save}>
      <label>
        What we call you
        <input
          type="text"
          required
          maxLength={100}
          pattern=".*\S.*"
          autocomplete="given-name"
          value={wanted}
          onInput={({ currentTarget }) => setWanted(currentTarget.value)}
        />
      </label>
      {wanted.trim() !== name && (
        <button type="submit" class="button">
          Save the name
        </button>
      )}
    </form>
  )
}

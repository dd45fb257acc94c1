import { useEffect, useState } from 'preact/hooks'
import type { SignInWays } from '../../../models/contracts/people.ts'
import { PasskeyButton } from './people/passkey-button.tsx'
import { peopleApi } from './people/people-api.ts'
import { ask, Refused } from './service.ts'
import './people/people.css'

const api = peopleApi('/v1')

interface Props {
  /** Why one has to. */
  readonly why: 'none' | 'bad-link' | 'again'
  readonly onDone: () => void
}

const reasons = {
  none: null,
  'bad-link': 'This link signs nobody in: it was used already, is too old, or was copied incompletely.',
  again: 'Please sign in again to go on: this changes how your account is opened.',
} as const

/** By passkey, or by a code to a letter box; whoever is new gets an account. */
export function SignIn({ why, onDone }: Props) {
  const [ways, setWays] = useState<SignInWays | null>(null)
  const [attempt, setAttempt] = useState<Attempt | null>(null)
  const [refused, setRefused] = useState<string | null>(null)
  const fail = (error: unknown) =>
    setRefused(error instanceof Refused ? error.message : 'the account service cannot be reached at the moment')
  useEffect(() => {
    const load = () => void api.ways().then(setWays, fail)
    load()
  }, [])
  const done = () => {
    setRefused(null)
    onDone()
  }
  return (
    <section class="card sign-in" aria-labelledby="sign-in">
      <h2 id="sign-in">Sign in</h2>
      {reasons[why] !== null && <p class={why === 'again' ? 'notice' : 'notice bad'}>{reasons[why]}</p>}
      {ways !== null && <PasskeyButton api={api} usable={ways.passkey} onDone={done} onError={fail} />}
      {ways?.email === true && attempt === null && (
        <EmailForm
          onSent={(sent) => {
            setRefused(null)
            setAttempt(sent)
          }}
          onError={fail}
        />
      )}
      {attempt !== null && <CodeForm attempt={attempt} onDone={done} onError={fail} onOther={() => setAttempt(null)} />}
      {ways?.email === false && (
        <p class="quiet">
          No passkey yet? Ask in the store for a sign-in link. Codes by e-mail are not set up at this shop.
        </p>
      )}
      <div role="alert">{refused !== null && <p class="notice bad">That was not possible: {refused}.</p>}</div>
    </section>
  )
}

interface Attempt {
  readonly attempt: string
  readonly email: string
}

interface EmailFormProps {
  readonly onSent: (sent: Attempt) => void
  readonly onError: (error: unknown) => void
}

function EmailForm({ onSent, onError }: EmailFormProps) {
  const [email, setEmail] = useState('')
  const [busy, setBusy] = useState(false)
  const send = async (event: Event) => {
    event.preventDefault()
    // Of two codes only the later one would be good.
    if (busy) return
    setBusy(true)
    const body = { email: email.trim() }
    await ask<{ attempt: string }>('/v1/sign-in/email', { method: 'POST', body }).then(
      ({ attempt }) => onSent({ attempt, email: body.email }),
      onError,
    )
    setBusy(false)
  }
  return (
    <form onSubmit={send}>
      <label>
        Your e-mail address
        <input
          type="email"
          required
          maxLength={254}
          autocomplete="email"
          value={email}
          onInput={({ currentTarget }) => setEmail(currentTarget.value)}
        />
      </label>
      <button type="submit" class="button main" disabled={busy}>
        Send me a code
      </button>
      <p class="quiet">New here? This makes your account.</p>
    </form>
  )
}

interface CodeFormProps {
  readonly attempt: Attempt
  readonly onDone: () => void
  readonly onError: (error: unknown) => void
  readonly onOther: () => void
}

function CodeForm({ attempt: { attempt, email }, onDone, onError, onOther }: CodeFormProps) {
  const [code, setCode] = useState('')
  const [busy, setBusy] = useState(false)
  const check = async (event: Event) => {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    await ask('/v1/sign-in/email/code', { method: 'POST', body: { attempt, code: code.trim() } }).then(onDone, onError)
    setBusy(false)
  }
  return (
    <form onSubmit={check}>
      <p role="status">A code is on its way to {email}. It is good for ten minutes, on this page.</p>
      <label>
        The eight digits
        <input
          class="digits"
          type="text"
          required
          inputMode="numeric"
          pattern="[0-9 ]{8,12}"
          autocomplete="one-time-code"
          value={code}
          onInput={({ currentTarget }) => setCode(currentTarget.value)}
        />
      </label>
      <button type="submit" class="button main" disabled={busy}>
        Sign in
      </button>
      <button type="button" class="button" onClick={onOther}>
        Use another address, or send a new code
      </button>
    </form>
  )
}

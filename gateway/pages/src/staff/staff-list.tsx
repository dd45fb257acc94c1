import { useEffect, useState } from 'preact/hooks'
import { ask, Refused, SignedOut, SignInAgain } from '../../../../cloud-sync/pages/src/service.ts'
import type { SignInLink } from '../../../../models/contracts/people.ts'
import type { StaffRole, StaffView } from '../../../../models/contracts/staff.ts'
import { inGroups } from '../../../staff/code-words.ts'
import { goSignIn, goSignInAgain, roleWords } from '../signing-in.ts'

const roles = ['viewer', 'operator', 'admin'] as const
const address = (name: string, rest = '') => `/api/staff/${encodeURIComponent(name)}${rest}`

/** A code to hand over. */
interface Code {
  readonly name: string
  readonly secret: string
}

export function StaffList({ me }: { readonly me: StaffView }) {
  const [all, setAll] = useState<readonly StaffView[]>([])
  const [code, setCode] = useState<Code | null>(null)
  const [refused, setRefused] = useState<string | null>(null)
  const load = () => ask<StaffView[]>('/api/staff').then(setAll)
  const fail = (error: unknown) => {
    if (error instanceof SignedOut) goSignIn()
    else if (error instanceof SignInAgain) goSignInAgain()
    else setRefused(error instanceof Refused ? error.message : 'the gateway cannot be reached at the moment')
  }
  const act = <T,>(asked: Promise<T>, then: (answer: T) => void = () => {}) =>
    void asked
      .then((answer) => {
        setRefused(null)
        setCode(null)
        then(answer)
        return load()
      })
      .catch(fail)
  useEffect(() => void load().catch(fail), [])
  const newCode = (name: string) =>
    act(ask<SignInLink>(address(name, '/sign-in-code'), { method: 'POST', body: {} }), ({ secret }) =>
      setCode({ name, secret }),
    )
  const add = (name: string, role: StaffRole) =>
    act(ask<SignInLink>('/api/staff', { method: 'POST', body: { name, role } }), ({ secret }) =>
      setCode({ name, secret }),
    )
  return (
    <section class="card staff-part" aria-labelledby="staff">
      <h2 id="staff">Who may sign in</h2>
      <div role="status">{code !== null && <HandOver code={code} />}</div>
      <div role="alert">{refused !== null && <p class="notice bad">That was not possible: {refused}.</p>}</div>
      <ul class="people-list">
        {all.map((one) => (
          <li key={one.name}>
            <Person
              one={one}
              isMe={one.name === me.name}
              onRole={(role) => act(ask(address(one.name, '/role'), { method: 'PUT', body: { role } }))}
              onCode={() => newCode(one.name)}
              onShutOut={() => act(ask(address(one.name, '/shut-out'), { method: 'POST', body: {} }))}
              onRemove={() => act(ask(address(one.name), { method: 'DELETE' }))}
            />
          </li>
        ))}
      </ul>
      <AddForm onAdd={add} />
    </section>
  )
}

function HandOver({ code: { name, secret } }: { readonly code: Code }) {
  return (
    <p class="notice fine">
      {name} signs in with this code, once, within a day. It is shown this once:{' '}
      <strong class="secret">{inGroups(secret)}</strong>
    </p>
  )
}

interface PersonProps {
  readonly one: StaffView
  readonly isMe: boolean
  readonly onRole: (role: StaffRole) => void
  readonly onCode: () => void
  readonly onShutOut: () => void
  readonly onRemove: () => void
}

function Person({ one: { name, role, isProgram }, isMe, onRole, onCode, onShutOut, onRemove }: PersonProps) {
  return (
    <details>
      <summary>
        <strong>{name}</strong> <span class="chip">{role}</span> {isProgram && <span class="chip">program</span>}{' '}
        {isMe && <span class="chip good">you</span>}
      </summary>
      <div class="people-form">
        <label>
          What {name} may do
          <select value={role} onChange={({ currentTarget }) => onRole(currentTarget.value as StaffRole)}>
            {roles.map((each) => (
              <option key={each} value={each}>
                {each}: {roleWords[each]}
              </option>
            ))}
          </select>
        </label>
        <p class="people-buttons">
          {!isProgram && (
            <button type="button" class="button" onClick={onCode}>
              New sign-in code
            </button>
          )}
          {!isProgram && (
            <button type="button" class="button" onClick={onShutOut}>
              Lost device: sign out, remove passkeys
            </button>
          )}
          <button type="button" class="button" onClick={onRemove}>
            Remove {name}
          </button>
        </p>
      </div>
    </details>
  )
}

function AddForm({ onAdd }: { readonly onAdd: (name: string, role: StaffRole) => void }) {
  const [name, setName] = useState('')
  const [role, setRole] = useState<StaffRole>('operator')
  const send = (event: Event) => {
    event.preventDefault()
    onAdd(name.trim(), role)
    setName('')
  }
  return (
    <form class="people-form" onSubmit={send}>
      <h3>Add a person</h3>
      <label>
        Name
        <input
          type="text"
          required
          maxLength={40}
          autocomplete="off"
          value={name}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
      </label>
      <label>
        May do
        <select value={role} onChange={({ currentTarget }) => setRole(currentTarget.value as StaffRole)}>
          {roles.map((each) => (
            <option key={each} value={each}>
              {each}: {roleWords[each]}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="button">
        Add and make a code
      </button>
    </form>
  )
}

/** What one signs in with, and where one is signed in. */
import { browserSupportsWebAuthn } from '@simplewebauthn/browser'
import { useEffect, useState } from 'preact/hooks'
import type { PasskeyView, SessionView } from '../../../../models/contracts/people.ts'
import { formatDayAndTime } from '../../../../models/text/format.ts'
import { Refused, SignedOut, SignInAgain } from '../service.ts'
import { deviceWords, wayWords } from './device-words.ts'
import type { PeopleApi } from './people-api.ts'
import './people.css'

interface Props {
  readonly api: PeopleApi
  /** Told when the session is over. */
  readonly onSignedOut: () => void
  /** Told when a fresh sign-in is wanted. */
  readonly onSignInAgain: () => void
}

interface Own {
  readonly passkeys: readonly PasskeyView[]
  readonly sessions: readonly SessionView[]
  readonly usable: boolean
}

export function OwnKeys({ api, onSignedOut, onSignInAgain }: Props) {
  const [own, setOwn] = useState<Own | null>(null)
  const [said, setSaid] = useState<{ readonly bad: boolean; readonly text: string } | null>(null)
  const fail = (error: unknown) => {
    if (error instanceof SignedOut) onSignedOut()
    else if (error instanceof SignInAgain) onSignInAgain()
    else
      setSaid({ bad: true, text: error instanceof Refused ? `${error.message}.` : 'The server cannot be reached now.' })
  }
  const load = async () => {
    const [passkeys, sessions, ways] = await Promise.all([api.passkeys(), api.sessions(), api.ways()])
    setOwn({ passkeys, sessions, usable: ways.passkey && browserSupportsWebAuthn() })
  }
  const change = (work: Promise<void>, words: string) =>
    void work.then(load).then(() => setSaid({ bad: false, text: words }), fail)
  useEffect(() => void load().catch(fail), [])
  return (
    <>
      <div role="status">{said !== null && !said.bad && <p class="notice fine">{said.text}</p>}</div>
      <div role="alert">{said?.bad && <p class="notice bad">That was not possible: {said.text}</p>}</div>
      {own !== null && (
        <>
          <PasskeyList
            own={own}
            onAdd={(name) => change(api.addPasskey(name), 'The passkey was added.')}
            onRemove={(id) => change(api.removePasskey(id), 'The passkey was removed.')}
          />
          <SessionList own={own} onEnd={(id) => change(api.endSession(id), 'That device was signed out.')} />
        </>
      )}
      <p class="people-buttons">
        <button type="button" class="button" onClick={() => void api.signOutEverywhere().then(onSignedOut, fail)}>
          Sign out everywhere
        </button>
      </p>
    </>
  )
}

interface PasskeyListProps {
  readonly own: Own
  readonly onAdd: (name: string) => void
  readonly onRemove: (id: string) => void
}

function PasskeyList({ own: { passkeys, usable }, onAdd, onRemove }: PasskeyListProps) {
  return (
    <section aria-labelledby="passkeys">
      <h3 id="passkeys">Passkeys</h3>
      {passkeys.length === 0 && (
        <p class="quiet">None yet. With a passkey you sign in by finger, face or PIN of your device, with no code.</p>
      )}
      <ul class="people-list">
        {passkeys.map(({ id, name, madeAt, usedAt }) => (
          <li key={id}>
            <span>
              {name}
              <span class="quiet">
                {usedAt === null ? `added ${formatDayAndTime(madeAt)}` : `last used ${formatDayAndTime(usedAt)}`}
              </span>
            </span>
            <button type="button" class="button" onClick={() => onRemove(id)}>
              Remove<span class="unseen"> {name}</span>
            </button>
          </li>
        ))}
      </ul>
      {usable ? (
        <button type="button" class="button" onClick={() => onAdd(deviceWords(navigator.userAgent))}>
          Add a passkey
        </button>
      ) : (
        <p class="quiet">Passkeys can be added where this page is opened by name: over https, or at localhost.</p>
      )}
    </section>
  )
}

interface SessionListProps {
  readonly own: Own
  readonly onEnd: (id: string) => void
}

function SessionList({ own: { sessions }, onEnd }: SessionListProps) {
  return (
    <section aria-labelledby="sessions">
      <h3 id="sessions">Where you are signed in</h3>
      <ul class="people-list">
        {sessions.map(({ id, isThis, way, place, device, signedInAt }) => (
          <li key={id}>
            <span>
              {deviceWords(device)} {isThis && <span class="chip good">here</span>}
              <span class="quiet">
                since {formatDayAndTime(signedInAt)}, {wayWords(way)}, from {place}
              </span>
            </span>
            {!isThis && (
              <button type="button" class="button" onClick={() => onEnd(id)}>
                Sign out<span class="unseen"> {deviceWords(device)}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

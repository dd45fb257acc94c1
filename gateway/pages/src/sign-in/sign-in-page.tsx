import { useEffect, useRef, useState } from 'preact/hooks'
import { takeSignInSecret } from '../../../../cloud-sync/pages/src/address.ts'
import { PasskeyButton } from '../../../../cloud-sync/pages/src/people/passkey-button.tsx'
import { peopleApi } from '../../../../cloud-sync/pages/src/people/people-api.ts'
import { ask, Refused } from '../../../../cloud-sync/pages/src/service.ts'
import type { SignInWays } from '../../../../models/contracts/people.ts'
import { isAgain, nextPage } from '../signing-in.ts'
import '../../../../cloud-sync/pages/src/theme.css'
import '../../../../cloud-sync/pages/src/people/people.css'

const api = peopleApi('/api')

/** By passkey, or by the code that an admin has handed over, typed or in the page's address. */
export function SignInPage() {
  const next = useRef(nextPage(location.hash))
  const again = useRef(isAgain(location.hash))
  const [ways, setWays] = useState<SignInWays | null>(null)
  const [refused, setRefused] = useState<string | null>(null)
  const go = () => location.replace(next.current)
  const fail = (error: unknown) =>
    setRefused(error instanceof Refused ? error.message : 'the gateway cannot be reached at the moment')
  const byCode = (secret: string) =>
    void api.signInBySecret(secret).then(go, async (error) => {
      // A link that was used here before: whoever is signed in may go on.
      const isIn = await ask('/api/me').then(
        () => true,
        () => false,
      )
      if (isIn) go()
      else fail(error)
    })
  useEffect(() => {
    void api.ways().then(setWays, fail)
    const take = () => {
      const secret = takeSignInSecret()
      if (secret !== null) byCode(secret)
    }
    take()
    // A link opened in the tab in which this page is changes the fragment only.
    addEventListener('hashchange', take)
    return () => removeEventListener('hashchange', take)
  }, [])
  return (
    <main class="sign-in-page">
      <section class="card sign-in" aria-labelledby="sign-in">
        <h1 id="sign-in">Sign in to the store</h1>
        {again.current && (
          <p class="notice">
            Your sign-in is older than ten minutes: who changes what people may do signs in anew. A passkey makes that
            one touch.
          </p>
        )}
        {ways !== null && <PasskeyButton api={api} usable={ways.passkey} onDone={go} onError={fail} />}
        <CodeForm onCode={byCode} />
        <p class="quiet">
          An admin makes a code for you on the page Staff, or on the gateway itself: npm run staff -- code your-name
        </p>
        <div role="alert">{refused !== null && <p class="notice bad">That was not possible: {refused}.</p>}</div>
      </section>
    </main>
  )
}

function CodeForm({ onCode }: { readonly onCode: (secret: string) => void }) {
  const [code, setCode] = useState('')
  const send = (event: Event) => {
    event.preventDefault()
    onCode(code.trim())
  }
  return (
    <form onSubmit={send}>
      <label>
        Sign-in code
        <input
          type="text"
          required
          maxLength={64}
          autocomplete="one-time-code"
          autocapitalize="characters"
          spellcheck={false}
          value={code}
          onInput={({ currentTarget }) => setCode(currentTarget.value)}
        />
      </label>
      <button type="submit" class="button main">
        Sign in
      </button>
    </form>
  )
}

import { browserSupportsWebAuthn } from '@simplewebauthn/browser'
import type { PeopleApi } from './people-api.ts'

interface Props {
  readonly api: PeopleApi
  /** Whether the server takes passkeys at this address. */
  readonly usable: boolean
  readonly onDone: () => void
  readonly onError: (error: unknown) => void
}

/** Nothing where passkeys cannot be used. */
export function PasskeyButton({ api, usable, onDone, onError }: Props) {
  if (!usable || !browserSupportsWebAuthn()) return null
  return (
    <button type="button" class="button" onClick={() => void api.signInByPasskey().then(onDone, onError)}>
      Sign in with a passkey
    </button>
  )
}

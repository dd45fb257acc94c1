/** Signing in, and what one has to sign in with: the same at the account service (`/v1`) and the gateway (`/api`). */
import {
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
  WebAuthnError,
} from '@simplewebauthn/browser'
import type { PasskeyView, SessionView, SignInWays } from '../../../../models/contracts/people.ts'
import { ask, Refused } from '../service.ts'

export interface PeopleApi {
  ways(): Promise<SignInWays>
  signInBySecret(secret: string): Promise<void>
  /** The device asks its owner; throws Refused in words when they let it be. */
  signInByPasskey(): Promise<void>
  signOut(): Promise<void>
  signOutEverywhere(): Promise<void>
  sessions(): Promise<readonly SessionView[]>
  endSession(id: string): Promise<void>
  passkeys(): Promise<readonly PasskeyView[]>
  addPasskey(name: string): Promise<void>
  removePasskey(id: string): Promise<void>
}

export function peopleApi(base: '/v1' | '/api'): PeopleApi {
  const post = <T>(path: string, body: object = {}) => ask<T>(base + path, { method: 'POST', body })
  const remove = (path: string) => ask<void>(base + path, { method: 'DELETE' })
  return {
    ways: () => ask(`${base}/sign-in`),
    signInBySecret: (secret) => post('/sign-in/link', { secret }),
    async signInByPasskey() {
      const optionsJSON = await post<PublicKeyCredentialRequestOptionsJSON>('/sign-in/passkey/question')
      const answer = await startAuthentication({ optionsJSON }).catch(inWords)
      await post('/sign-in/passkey', { answer })
    },
    signOut: () => post('/me/sign-out'),
    signOutEverywhere: () => remove('/me/sessions'),
    sessions: () => ask(`${base}/me/sessions`),
    endSession: (id) => remove(`/me/sessions/${encodeURIComponent(id)}`),
    passkeys: () => ask(`${base}/me/passkeys`),
    async addPasskey(name) {
      const optionsJSON = await post<PublicKeyCredentialCreationOptionsJSON>('/me/passkeys/question')
      const answer = await startRegistration({ optionsJSON }).catch(inWords)
      await post('/me/passkeys', { name, answer })
    },
    removePasskey: (id) => remove(`/me/passkeys/${encodeURIComponent(id)}`),
  }
}

function inWords(error: unknown): never {
  if (error instanceof WebAuthnError && error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED')
    throw new Refused('this device has a passkey for here already')
  throw new Refused('the device gave no passkey; nothing was changed')
}

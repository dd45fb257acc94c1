/** Signing out: what is on this device goes at once, and the account service is told for as long as it takes. */
import { forgetKeys, keptKey, keyIdOf } from './entry/phone-key.ts'
import { peopleApi } from './people/people-api.ts'
import { ask, SignedOut } from './service.ts'

const againMs = 4000

/** Resolves when the service has ended the session. `onSilence`: it does not answer, and is told again and again. */
export async function leave(accountId: string, onSilence: () => void): Promise<void> {
  const phone = await takeKeys(accountId).catch(() => null)
  for (;;) {
    try {
      if (phone !== null) await ask(`/v1/me/phones/${phone}`, { method: 'DELETE' })
      return await peopleApi('/v1').signOut()
    } catch (error) {
      if (error instanceof SignedOut) return
      onSilence()
      await new Promise((resolve) => setTimeout(resolve, againMs))
    }
  }
}

/** The id of the key that this phone had; null: it had none. Throws where a browser keeps nothing. */
async function takeKeys(accountId: string): Promise<string | null> {
  const key = await keptKey(accountId)
  await forgetKeys()
  return key === null ? null : keyIdOf(key)
}

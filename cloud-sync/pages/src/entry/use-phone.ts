/** This phone as one that makes codes of the account: its key, registered; the stores; how far its clock is off. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { EntryView, PhoneView } from '../../../../models/contracts/entry.ts'
import { ask } from '../service.ts'
import { clockOffset } from './clock.ts'
import { keepKey, keptKey, keyIdOf, NoKeys, newKey, type PhoneKey } from './phone-key.ts'

/** Stores, phones and the clock change seldom; a phone that was asleep looks at once. */
const refreshMs = 60_000
const retryMs = 4_000

/** What was last known of a phone that has its key. */
export interface KnownPhone {
  readonly key: PhoneKey
  readonly keyId: string
  /** Milliseconds to add to this phone's time. */
  readonly offsetMs: number
  readonly phones: EntryView['phones']
  readonly stores: EntryView['stores']
}

export type PhoneState =
  | { readonly kind: 'preparing' }
  /** `why` in words. */
  | { readonly kind: 'impossible'; readonly why: string }
  /** `isRegistered`: false where the phone was taken off the account. */
  | ({ readonly kind: 'known'; readonly isRegistered: boolean } & KnownPhone)

export interface PhoneActs {
  /** Makes a new key and registers it. */
  readonly useThisPhone: () => void
  readonly remove: (keyId: string) => void
}

export function usePhone(accountId: string): { readonly phone: PhoneState; readonly acts: PhoneActs } {
  const [phone, setPhone] = useState<PhoneState>({ kind: 'preparing' })
  /** One at a time, so that no two keys are made. */
  const key = useRef<Promise<PhoneKey> | null>(null)

  /** Whether that could be asked. */
  const look = useCallback(async (): Promise<boolean> => {
    key.current ??= keyFor(accountId)
    const mine = key.current
    try {
      const known = await lookAt(await mine)
      setPhone(known)
      return true
    } catch (error) {
      // What was known stays good while the service cannot be reached: the page says that already.
      if (error instanceof NoKeys) setPhone({ kind: 'impossible', why: error.message })
      void mine.catch(() => {
        if (key.current === mine) key.current = null
      })
      return false
    }
  }, [accountId])

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let gone = false
    const keepLooking = async () => {
      const isKnown = await look()
      if (!gone) timer = setTimeout(keepLooking, isKnown ? refreshMs : retryMs)
    }
    const whenSeen = () => void (document.visibilityState === 'visible' && look())
    void keepLooking()
    document.addEventListener('visibilitychange', whenSeen)
    return () => {
      gone = true
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', whenSeen)
    }
  }, [look])

  const useThisPhone = () => {
    key.current = register(accountId)
    void look()
  }
  const remove = (keyId: string) => void ask(`/v1/me/phones/${keyId}`, { method: 'DELETE' }).then(look, () => undefined)
  return { phone, acts: { useThisPhone, remove } }
}

async function keyFor(accountId: string): Promise<PhoneKey> {
  return (await keptKey(accountId)) ?? register(accountId)
}

/** Kept only when the service has it: a key that nobody knows would be taken for one that was removed. */
async function register(accountId: string): Promise<PhoneKey> {
  const key = await newKey()
  await ask<PhoneView>('/v1/me/phones', { method: 'POST', body: { publicKey: key.publicKey, label: deviceWords() } })
  await keepKey(accountId, key)
  return key
}

async function lookAt(key: PhoneKey): Promise<PhoneState> {
  const askedAt = Date.now()
  const { now, phones, stores } = await ask<EntryView>('/v1/me/entry')
  const offsetMs = clockOffset(askedAt, Date.now(), now)
  const keyId = await keyIdOf(key)
  return { kind: 'known', isRegistered: phones.some(({ id }) => id === keyId), key, keyId, offsetMs, phones, stores }
}

/** So that its owner knows it again in a list. */
function deviceWords(): string {
  const found = /iPhone|iPad|Android|Windows|Macintosh|Linux/.exec(navigator.userAgent)?.[0] ?? 'Browser'
  return (
    { Android: 'Android phone', Macintosh: 'Mac', Windows: 'Windows computer', Linux: 'Linux computer' }[found] ?? found
  )
}

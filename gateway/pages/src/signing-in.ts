/** The way to the sign-in page and back; what the pages know of who is signed in. */
import { useEffect, useState } from 'preact/hooks'
import { ask, SignedOut } from '../../../cloud-sync/pages/src/service.ts'
import type { StaffRole, StaffView } from '../../../models/contracts/staff.ts'

const pages = ['/', '/reviews/', '/devices/', '/cameras/', '/staff/']

/** Leaves for the sign-in page, which comes back here. */
export function goSignIn(): void {
  location.assign(`/sign-in/#next=${location.pathname}`)
}

/** The same for what wants a sign-in of the last minutes; the page says so. */
export function goSignInAgain(): void {
  location.assign(`/sign-in/#next=${location.pathname}&again`)
}

export const isAgain = (hash: string) => new URLSearchParams(hash.slice(1)).has('again')

/** The page to go back to; none but our own. */
export function nextPage(hash: string): string {
  const next = new URLSearchParams(hash.slice(1)).get('next') ?? '/'
  return pages.includes(next) ? next : '/'
}

/** Null until it is known; leaves for the sign-in page when nobody is signed in. */
export function useMe(): StaffView | null {
  const [me, setMe] = useState<StaffView | null>(null)
  useEffect(() => {
    ask<StaffView>('/api/me').then(setMe, (error) => {
      if (error instanceof SignedOut) goSignIn()
    })
  }, [])
  return me
}

/** In a manager's words. */
export const roleWords: Readonly<Record<StaffRole, string>> = {
  viewer: 'sees everything but cameras',
  operator: 'settles reviews, looks at cameras',
  admin: 'decides who may what',
}

import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { AccountBill, AccountBills, AccountView } from '../../../models/contracts/http.ts'
import type { PaymentMethod } from '../../../models/contracts/payments.ts'
import { takeReturn } from './address.ts'
import { forgetKeys } from './entry/phone-key.ts'
import { leave } from './leave.ts'
import { peopleApi } from './people/people-api.ts'
import { ask, Refused, SignedOut } from './service.ts'

/** `leaving`: signed out here, which the service does not know yet. */
type Access = 'loading' | 'open' | 'leaving' | 'signed-out' | 'bad-link'

export interface AccountState {
  readonly access: Access
  readonly account: AccountView | null
  readonly method: PaymentMethod | null
  /** Newest first. */
  readonly bills: readonly AccountBill[]
  /** Null: no older bills, or they are all here. */
  readonly next: string | null
  /** False while the service cannot be reached; the rest is then what was last known. */
  readonly reachable: boolean
  /** Why the last thing that was asked for was not possible, in the service's words. */
  readonly refused: string | null
}

export interface AccountActs {
  readonly loadOlder: () => void
  /** Has a bill charged now. */
  readonly pay: (billId: string) => void
  readonly choose: (methodToken: string) => Promise<void>
  /** Leaves for the provider's page on which a card is chosen. */
  readonly openPage: () => Promise<void>
  readonly rename: (name: string) => void
  readonly signedIn: () => void
  readonly signOut: () => void
  /** The session was ended already. */
  readonly signedOut: () => void
}

/** A bill is there within seconds of walking out. */
const refreshMs = 4000
const start: AccountState = {
  access: 'loading',
  account: null,
  method: null,
  bills: [],
  next: null,
  reachable: true,
  refused: null,
}

/** The account that is signed in, by a link's secret if there is one, with its bills; looked at every few seconds. */
export function useAccount(secret: string | null): { readonly state: AccountState; readonly acts: AccountActs } {
  const [state, setState] = useState(start)
  const fail = useCallback((error: unknown) => {
    if (error instanceof SignedOut) setState({ ...start, access: 'signed-out' })
    else if (error instanceof BadLink) setState({ ...start, access: 'bad-link' })
    else if (error instanceof Refused) setState((now) => ({ ...now, refused: error.message }))
    else setState((now) => ({ ...now, reachable: false }))
  }, [])

  const unused = useRef(secret)
  const isOut = state.access !== 'loading' && state.access !== 'open'

  useEffect(() => {
    // However the session ended. A browser that keeps nothing has nothing to forget.
    if (state.access === 'signed-out') forgetKeys().catch(() => undefined)
    if (isOut) return undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let gone = false
    let isBack = takeReturn()
    const look = async () => {
      try {
        if (unused.current !== null) await redeem(unused.current)
        unused.current = null
        if (isBack) await ask('/v1/me/payment-method/chosen', { method: 'POST', body: {} })
        isBack = false
        const seen = await lookAt()
        if (!gone) setState((now) => withNewest(now, seen))
      } catch (error) {
        if (!gone) fail(error)
      }
      if (!gone) timer = setTimeout(look, refreshMs)
    }
    void look()
    return () => {
      gone = true
      clearTimeout(timer)
    }
  }, [isOut])

  const loadOlder = useCallback(() => {
    if (state.next === null) return
    const path = `/v1/me/bills?cursor=${encodeURIComponent(state.next)}`
    ask<AccountBills>(path).then((page) => setState((now) => withOlder(now, page)), fail)
  }, [state.next])

  /** What was asked for shows at once, not at the next look. */
  const change = async (path: string, method: 'POST' | 'PUT', body: object) => {
    try {
      await ask(path, { method, body })
      const seen = await lookAt()
      setState((now) => ({ ...withNewest(now, seen), refused: null }))
    } catch (error) {
      fail(error)
    }
  }
  const pay = (billId: string) => void change(`/v1/me/bills/${encodeURIComponent(billId)}/pay`, 'POST', {})
  const choose = (token: string) => change('/v1/me/payment-method', 'PUT', { token })
  const openPage = () =>
    ask<{ url: string }>('/v1/me/payment-method/page', { method: 'POST', body: {} }).then(
      ({ url }) => location.assign(url),
      fail,
    )
  const rename = (name: string) => void change('/v1/me/name', 'PUT', { name })
  const signedIn = () => setState(start)
  const signedOut = () => setState({ ...start, access: 'signed-out' })
  const signOut = () => {
    const { account } = state
    if (account === null) return
    setState({ ...start, access: 'leaving' })
    void leave(account.id, () => setState((now) => ({ ...now, reachable: false }))).then(signedOut)
  }
  return { state, acts: { loadOlder, pay, choose, openPage, rename, signedIn, signOut, signedOut } }
}

/** A link that was used before may be opened again where it has signed in. Throws BadLink. */
async function redeem(secret: string): Promise<void> {
  try {
    await peopleApi('/v1').signInBySecret(secret)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    await ask('/v1/me').catch((why) => {
      throw why instanceof SignedOut ? new BadLink() : why
    })
  }
}

class BadLink extends Error {}

interface Look {
  readonly account: AccountView
  readonly page: AccountBills
  readonly method: PaymentMethod
}

async function lookAt(): Promise<Look> {
  const [account, page, method] = await Promise.all([
    ask<AccountView>('/v1/me'),
    ask<AccountBills>('/v1/me/bills'),
    ask<PaymentMethod>('/v1/me/payment-method'),
  ])
  return { account, page, method }
}

/** The newest page replaces what it covers; older pages that were loaded stay. Nothing comes back once it was left. */
function withNewest(now: AccountState, { account, page, method }: Look): AccountState {
  if (now.access === 'leaving') return now
  const fresh = new Set(page.bills.map(({ id }) => id))
  const older = page.next === null ? [] : now.bills.filter(({ id }) => !fresh.has(id))
  const next = older.length === 0 ? page.next : now.next
  return { ...now, access: 'open', account, method, bills: [...page.bills, ...older], next, reachable: true }
}

function withOlder(now: AccountState, page: AccountBills): AccountState {
  const known = new Set(now.bills.map(({ id }) => id))
  return { ...now, bills: [...now.bills, ...page.bills.filter(({ id }) => !known.has(id))], next: page.next }
}

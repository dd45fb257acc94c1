import { useCallback, useEffect, useState } from 'preact/hooks'
import type { AccountBill, AccountBills, AccountView } from '../../../models/contracts/http.ts'
import type { PaymentMethod } from '../../../models/contracts/payments.ts'
import { ask, Refused, WrongToken } from './service.ts'
import { takeReturn, takeToken } from './token.ts'

type Access = 'loading' | 'open' | 'no-token' | 'wrong-token'

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
  readonly openPage: () => void
}

/** A bill is there within seconds of walking out. */
const refreshMs = 4000
function startState(): AccountState {
  const access = takeToken() === null ? 'no-token' : 'loading'
  return { access, account: null, method: null, bills: [], next: null, reachable: true, refused: null }
}

/** The account of this tab's token with its bills, looked at again every few seconds. */
export function useAccount(): { readonly state: AccountState; readonly acts: AccountActs } {
  const [state, setState] = useState(startState)
  const fail = useCallback((error: unknown) => {
    if (error instanceof WrongToken) setState((now) => ({ ...now, access: 'wrong-token' }))
    else if (error instanceof Refused) setState((now) => ({ ...now, refused: error.message }))
    else setState((now) => ({ ...now, reachable: false }))
  }, [])

  useEffect(() => {
    if (state.access === 'no-token' || state.access === 'wrong-token') return undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let gone = false
    let isBack = takeReturn()
    const look = async () => {
      try {
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
  }, [state.access === 'wrong-token'])

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
    void ask<{ url: string }>('/v1/me/payment-method/page', { method: 'POST', body: {} }).then(
      ({ url }) => location.assign(url),
      fail,
    )
  return { state, acts: { loadOlder, pay, choose, openPage } }
}

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

/** The newest page replaces what it covers; older pages that were loaded stay. */
function withNewest(now: AccountState, { account, page, method }: Look): AccountState {
  const fresh = new Set(page.bills.map(({ id }) => id))
  const older = page.next === null ? [] : now.bills.filter(({ id }) => !fresh.has(id))
  const next = older.length === 0 ? page.next : now.next
  return { ...now, access: 'open', account, method, bills: [...page.bills, ...older], next, reachable: true }
}

function withOlder(now: AccountState, page: AccountBills): AccountState {
  const known = new Set(now.bills.map(({ id }) => id))
  return { ...now, bills: [...now.bills, ...page.bills.filter(({ id }) => !known.has(id))], next: page.next }
}

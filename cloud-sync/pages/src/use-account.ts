import { useCallback, useEffect, useState } from 'preact/hooks'
import type { AccountBill, AccountBills, AccountView } from '../../../models/contracts/http.ts'
import { takeToken } from './token.ts'

type Access = 'loading' | 'open' | 'no-token' | 'wrong-token'

export interface AccountState {
  readonly access: Access
  readonly account: AccountView | null
  /** Newest first. */
  readonly bills: readonly AccountBill[]
  /** Null: no older bills, or they are all here. */
  readonly next: string | null
  /** False while the service cannot be reached; the rest is then what was last known. */
  readonly reachable: boolean
}

/** A bill is there within seconds of walking out. */
const refreshMs = 4000
const answerMs = 8000

class WrongToken extends Error {}

async function ask<T>(path: string): Promise<T> {
  const headers = { authorization: `Bearer ${takeToken() ?? ''}` }
  const answer = await fetch(path, { headers, signal: AbortSignal.timeout(answerMs) })
  if (answer.status === 401) throw new WrongToken()
  if (!answer.ok) throw new Error(`the service answered ${answer.status}`)
  return answer.json()
}

function startState(): AccountState {
  const access = takeToken() === null ? 'no-token' : 'loading'
  return { access, account: null, bills: [], next: null, reachable: true }
}

/** The account of this tab's token with its bills, looked at again every few seconds. */
export function useAccount(): AccountState & { readonly loadOlder: () => void } {
  const [state, setState] = useState(startState)
  const fail = useCallback((error: unknown) => {
    if (error instanceof WrongToken) setState((now) => ({ ...now, access: 'wrong-token' }))
    else setState((now) => ({ ...now, reachable: false }))
  }, [])

  useEffect(() => {
    if (state.access === 'no-token' || state.access === 'wrong-token') return undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let gone = false
    const look = async () => {
      try {
        const [account, page] = await Promise.all([ask<AccountView>('/v1/me'), ask<AccountBills>('/v1/me/bills')])
        if (!gone) setState((now) => withNewest(now, account, page))
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

  return { ...state, loadOlder }
}

/** The newest page replaces what it covers; older pages that were loaded stay. */
function withNewest(now: AccountState, account: AccountView, page: AccountBills): AccountState {
  const fresh = new Set(page.bills.map(({ id }) => id))
  const older = page.next === null ? [] : now.bills.filter(({ id }) => !fresh.has(id))
  const next = older.length === 0 ? page.next : now.next
  return { access: 'open', account, bills: [...page.bills, ...older], next, reachable: true }
}

function withOlder(now: AccountState, page: AccountBills): AccountState {
  const known = new Set(now.bills.map(({ id }) => id))
  return { ...now, bills: [...now.bills, ...page.bills.filter(({ id }) => !known.has(id))], next: page.next }
}

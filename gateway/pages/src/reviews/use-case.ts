/** One review as the gateway has it, and the decision about it. */
import { useEffect, useState } from 'preact/hooks'
import type { DecisionAnswer, NewDecision, ReviewCase } from '../../../../models/contracts/reviews.ts'

/** The gateway is on the shop's own network; it writes to a disk before it answers. */
const answerMs = 10_000

export type Loaded =
  | { readonly state: 'loading' }
  | { readonly state: 'there'; readonly found: ReviewCase }
  | { readonly state: 'failed'; readonly why: string }

export type Settled =
  | { readonly state: 'settled'; readonly totalMinor: number }
  | { readonly state: 'refused'; readonly why: string }

const addressOf = (tripId: string) => `/api/reviews/${encodeURIComponent(tripId)}`

/** Asked again when `open` changes: somebody else may have decided. */
export function useCase(tripId: string, open: boolean): Loaded {
  const [loaded, setLoaded] = useState<Loaded>({ state: 'loading' })
  useEffect(() => {
    let current = true
    const show = (next: Loaded) => {
      if (current) setLoaded(next)
    }
    ask<ReviewCase>(addressOf(tripId)).then(
      (found) => show({ state: 'there', found }),
      (error: Error) => show({ state: 'failed', why: error.message }),
    )
    return () => {
      current = false
    }
  }, [tripId, open])
  return loaded
}

export async function settle(tripId: string, decision: NewDecision): Promise<Settled> {
  const body = JSON.stringify(decision)
  const headers = { 'content-type': 'application/json' }
  try {
    const { totalMinor } = await ask<DecisionAnswer>(addressOf(tripId), { method: 'POST', headers, body })
    return { state: 'settled', totalMinor }
  } catch (error) {
    return { state: 'refused', why: (error as Error).message }
  }
}

/** Throws an Error with the gateway's own words. */
async function ask<T>(url: string, init: RequestInit = {}): Promise<T> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(answerMs) }).catch(() => {
    throw new Error('the gateway does not answer; nothing was changed unless it says so later')
  })
  const body = await answer.json().catch(() => ({}))
  if (!answer.ok) throw new Error(body.message ?? `the gateway answered ${answer.status}`)
  return body
}

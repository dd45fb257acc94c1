/** Reviews, and what was said too late, as the gateway has them, and the decisions about them. */
import { useEffect, useState } from 'preact/hooks'
import type { LateCase, NewLateDecision } from '../../../../models/contracts/late.ts'
import type { NewDecision, ReviewCase } from '../../../../models/contracts/reviews.ts'

/** The gateway is on the shop's own network; it writes to a disk before it answers. */
const answerMs = 10_000

export type Loaded<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'there'; readonly found: T }
  | { readonly state: 'failed'; readonly why: string }

export type Settled = { readonly state: 'settled' } | { readonly state: 'refused'; readonly why: string }

const reviewAt = (tripId: string) => `/api/reviews/${encodeURIComponent(tripId)}`
const lateAt = (id: string) => `/api/late/${encodeURIComponent(id)}`

/** Asked again when `open` changes: somebody else may have decided. */
export function useCase(tripId: string, open: boolean): Loaded<ReviewCase> {
  return useLoaded(reviewAt(tripId), Number(open))
}

/** Asked again when `version` changes. */
export function useLate(id: string, version: number): Loaded<LateCase> {
  return useLoaded(lateAt(id), version)
}

export function settle(tripId: string, decision: NewDecision): Promise<Settled> {
  return post(reviewAt(tripId), decision)
}

export function closeLate(id: string, decision: NewLateDecision): Promise<Settled> {
  return post(lateAt(id), decision)
}

function useLoaded<T>(url: string, version: number): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: 'loading' })
  useEffect(() => {
    let current = true
    const show = (next: Loaded<T>) => {
      if (current) setLoaded(next)
    }
    ask<T>(url).then(
      (found) => show({ state: 'there', found }),
      (error: Error) => show({ state: 'failed', why: error.message }),
    )
    return () => {
      current = false
    }
  }, [url, version])
  return loaded
}

async function post(url: string, decision: object): Promise<Settled> {
  const headers = { 'content-type': 'application/json' }
  try {
    await ask(url, { method: 'POST', headers, body: JSON.stringify(decision) })
    return { state: 'settled' }
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

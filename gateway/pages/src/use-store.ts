import { useEffect, useState } from 'preact/hooks'
import type { LiveView } from '../../../models/contracts/http.ts'
import type { Store } from '../../../models/contracts/store.ts'
import { type Connection, openFeed } from './live-feed.ts'
import { goSignIn } from './signing-in.ts'

export interface StoreState {
  /** Null until the gateway gave it. */
  readonly store: Store | null
  /** The last picture; an old one while the connection is lost. */
  readonly view: LiveView | null
  readonly connection: Connection
}

const retryMs = 3000

/** The store and its latest picture. */
export function useStore(): StoreState {
  const [store, setStore] = useState<Store | null>(null)
  const [view, setView] = useState<LiveView | null>(null)
  const [connection, setConnection] = useState<Connection>('connecting')
  useEffect(() => openFeed({ onView: setView, onConnection: setConnection }), [])
  useEffect(() => {
    return store === null && connection !== 'lost' ? loadUntilThere(setStore) : undefined
  }, [store === null, connection])
  return { store, view, connection }
}

function loadUntilThere(done: (store: Store) => void): () => void {
  const controller = new AbortController()
  let retry: ReturnType<typeof setTimeout> | undefined
  const load = async () => {
    try {
      const answer = await fetch('/api/store', { signal: controller.signal })
      if (answer.status === 401) return goSignIn()
      if (!answer.ok) throw new Error(`the gateway answered ${answer.status}`)
      done(await answer.json())
    } catch {
      if (!controller.signal.aborted) retry = setTimeout(load, retryMs)
    }
  }
  void load()
  return () => {
    controller.abort()
    clearTimeout(retry)
  }
}

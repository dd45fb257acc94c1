/** What is new since the picture before. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ShelfEvent } from '../../../../models/contracts/bills.ts'
import type { LiveView } from '../../../../models/contracts/http.ts'
import { eventKey } from '../words.ts'
import { extendTrails, type Trails } from './trails.ts'

/** As long as the animation in plan.css. */
const flashMs = 3000

/** Events that were not in an earlier picture, each for three seconds. What was there at first is no news. */
export function useNews(events: readonly ShelfEvent[] | undefined): readonly ShelfEvent[] {
  const known = useRef<ReadonlySet<string> | null>(null)
  const [news, setNews] = useState<readonly ShelfEvent[]>([])
  useEffect(() => {
    if (events === undefined) return
    const before = known.current
    known.current = new Set(events.map(eventKey))
    const fresh = before === null ? [] : events.filter((event) => !before.has(eventKey(event)))
    if (fresh.length === 0) return
    setNews((shown) => [...shown, ...fresh])
    setTimeout(() => setNews((shown) => shown.filter((event) => !fresh.includes(event))), flashMs)
  }, [events])
  return news
}

export function useTrails(view: LiveView | null): Trails {
  const last = useRef<{ readonly time: number; readonly trails: Trails }>({ time: 0, trails: new Map() })
  if (view !== null && view.time !== last.current.time)
    last.current = { time: view.time, trails: extendTrails(last.current.trails, view.shoppers) }
  return last.current.trails
}

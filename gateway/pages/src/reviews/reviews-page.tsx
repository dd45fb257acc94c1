import type { ComponentChildren } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { LiveView } from '../../../../models/contracts/http.ts'
import type { Store } from '../../../../models/contracts/store.ts'
import { formatDayAndTime } from '../../../../models/text/format.ts'
import { Frame } from '../frame.tsx'
import { useStore } from '../use-store.ts'
import { namesOf, shortId } from '../words.ts'
import { CaseView } from './case-view.tsx'
import { LateView } from './late-view.tsx'
import './reviews.css'
import './doubt.css'

export function ReviewsPage() {
  const state = useStore()
  const { store, view, connection } = state
  return (
    <Frame page="reviews" state={state}>
      {store === null || view === null ? (
        <p class="card empty">{connection === 'lost' ? 'Waiting for the gateway …' : 'Loading the reviews …'}</p>
      ) : (
        <Reviews store={store} view={view} />
      )}
    </Frame>
  )
}

interface Props {
  readonly store: Store
  readonly view: LiveView
}

function Reviews({ store, view: { reviews, openReviews, late, openLate } }: Props) {
  const names = useMemo(() => namesOf(store), [store])
  const chosen = useHash()
  const [settled, setSettled] = useState<string | null>(null)
  const shown = chosen ?? settled ?? reviews[0]?.tripId ?? firstOf(late)
  const lateId = shown === null || !shown.startsWith(latePrefix) ? null : shown.slice(latePrefix.length)
  return (
    <div class="reviews">
      <div class="queues">
        <Queue id="queue" title="Open reviews" count={openReviews}>
          {reviews.length === 0
            ? 'Nobody has to decide anything. A bill that is too unsure to charge unseen appears here.'
            : reviews.map(({ tripId, shopper, endedAt }) => (
                <Entry key={tripId} to={encodeURIComponent(tripId)} isShown={tripId === shown}>
                  <strong>Shopper {shortId(shopper)}</strong>
                  <span class="quiet">left {formatDayAndTime(endedAt, store.timezone)}</span>
                </Entry>
              ))}
        </Queue>
        {late.length > 0 && (
          <Queue id="said-late" title="Said too late" count={openLate}>
            {late.map(({ id, shelf, ts, count }) => (
              <Entry key={id} to={`${latePrefix}${encodeURIComponent(id)}`} isShown={id === lateId}>
                <strong>Shelf {shelf}</strong>
                <span class="quiet">
                  {count === 1 ? 'one change' : `${count} changes`}, said {formatDayAndTime(ts, store.timezone)}
                </span>
              </Entry>
            ))}
          </Queue>
        )}
      </div>
      {shown !== null && lateId === null && (
        <CaseView
          key={shown}
          tripId={shown}
          open={shown !== settled && reviews.some(({ tripId }) => tripId === shown)}
          store={store}
          onSettled={setSettled}
        />
      )}
      {lateId !== null && (
        <LateView
          key={lateId}
          id={lateId}
          count={late.find(({ id }) => id === lateId)?.count ?? 0}
          store={store}
          names={names}
        />
      )}
    </div>
  )
}

/** In the address, before the id of a case of what was said too late. */
const latePrefix = 'late/'
const firstOf = (late: LiveView['late']) => (late[0] === undefined ? null : `${latePrefix}${late[0].id}`)

interface QueueProps {
  readonly id: string
  readonly title: string
  readonly count: number
  /** Entries, or a sentence where there are none. */
  readonly children: ComponentChildren
}

function Queue({ id, title, count, children }: QueueProps) {
  return (
    <section class="card queue" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        <p class="quiet" role="status">
          {count === 0 ? 'none' : `${count}, oldest first`}
        </p>
      </header>
      {typeof children === 'string' ? <p class="empty">{children}</p> : <ul>{children}</ul>}
    </section>
  )
}

interface EntryProps {
  /** Without the sign before it. */
  readonly to: string
  readonly isShown: boolean
  readonly children: ComponentChildren
}

function Entry({ to, isShown, children }: EntryProps) {
  return (
    <li>
      <a href={`#${to}`} aria-current={isShown ? 'true' : undefined}>
        {children}
      </a>
    </li>
  )
}

/** The trip, or the case of what was said too late, that the address names; null: none. */
function useHash(): string | null {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const follow = () => setHash(location.hash)
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  try {
    return hash.length > 1 ? decodeURIComponent(hash.slice(1)) : null
  } catch {
    return null
  }
}

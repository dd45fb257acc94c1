import { useEffect, useMemo, useState } from 'preact/hooks'
import type { LiveView } from '../../../../models/contracts/http.ts'
import type { Store } from '../../../../models/contracts/store.ts'
import { formatDayAndTime } from '../../../../models/text/format.ts'
import { Frame } from '../frame.tsx'
import { useStore } from '../use-store.ts'
import { namesOf, shortId } from '../words.ts'
import { CaseView } from './case-view.tsx'
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

function Reviews({ store, view: { reviews, openReviews } }: Props) {
  const names = useMemo(() => namesOf(store), [store])
  const chosen = useHash()
  const [settled, setSettled] = useState<string | null>(null)
  const shown = chosen ?? settled ?? reviews[0]?.tripId ?? null
  return (
    <div class="reviews">
      <section class="card queue" aria-labelledby="queue">
        <header>
          <h2 id="queue">Open reviews</h2>
          <p class="quiet" role="status">
            {openReviews === 0 ? 'none' : `${openReviews}, oldest first`}
          </p>
        </header>
        {reviews.length === 0 ? (
          <p class="empty">Nobody has to decide anything. A bill that is too unsure to charge unseen appears here.</p>
        ) : (
          <ul>
            {reviews.map(({ tripId, shopper, endedAt }) => (
              <li key={tripId}>
                <a href={`#${encodeURIComponent(tripId)}`} aria-current={tripId === shown ? 'true' : undefined}>
                  <strong>Shopper {shortId(shopper)}</strong>
                  <span class="quiet">left {formatDayAndTime(endedAt, store.timezone)}</span>
                </a>
              </li>
            ))}
          </ul>
        )}
      </section>
      {shown !== null && (
        <CaseView
          key={shown}
          tripId={shown}
          open={shown !== settled && reviews.some(({ tripId }) => tripId === shown)}
          store={store}
          names={names}
          onSettled={setSettled}
        />
      )}
    </div>
  )
}

/** The trip that the address names; null: none. */
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

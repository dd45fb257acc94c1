import type { ShelfEvent } from '../../../../models/contracts/bills.ts'
import type { Store } from '../../../../models/contracts/store.ts'
import { formatClock } from '../../../../models/text/format.ts'
import { certaintyOf, eventKey, eventSentence, type Names } from '../words.ts'
import { CertaintyChip } from './certainty.tsx'

interface Props {
  readonly store: Store
  readonly events: readonly ShelfEvent[]
  readonly news: readonly ShelfEvent[]
  readonly names: Names
}

export function EventList({ store, events, news, names }: Props) {
  const fresh = new Set(news.map(eventKey))
  return (
    <section class="card events" aria-labelledby="events">
      <header>
        <h2 id="events">What happened</h2>
        <p class="quiet">newest first</p>
      </header>
      {events.length === 0 ? (
        <p class="empty">Nothing was taken yet.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        <ol class="scroll" tabIndex={0} aria-label="Latest events">
          {[...events]
            .sort((a, b) => b.ts - a.ts)
            .map((event) => (
              <li key={eventKey(event)} class={`event ${event.kind} ${fresh.has(eventKey(event)) ? 'fresh' : ''}`}>
                <time dateTime={new Date(event.ts).toISOString()}>{formatClock(event.ts, store.timezone)}</time>
                <span>{eventSentence(event, names)}</span>
                {certaintyOf(event.confidence) !== 'sure' && <CertaintyChip confidence={event.confidence} />}
              </li>
            ))}
        </ol>
      )}
    </section>
  )
}

import { useState } from 'preact/hooks'
import type { LateCase, LateChange, LatePerson } from '../../../../models/contracts/late.ts'
import type { Store } from '../../../../models/contracts/store.ts'
import { formatDayAndTime } from '../../../../models/text/format.ts'
import { type Names, shortId } from '../words.ts'
import { changeWords, oddsWords } from './case-words.ts'
import { LateDeciding } from './late-deciding.tsx'
import { billWords, lateWayWords, outcomeWords, peopleIn, whenWords, whoWords } from './late-words.ts'
import { useLate } from './use-case.ts'

interface Props {
  readonly id: string
  /** Of the changes in the list, so that news are fetched; 0: nobody has to decide. */
  readonly count: number
  readonly store: Store
  readonly names: Names
}

/** What a shelf said too late, and what a person makes of it. */
export function LateView({ id, count, store, names }: Props) {
  const [closed, setClosed] = useState(0)
  const loaded = useLate(id, count + closed)
  if (loaded.state === 'loading') return <p class="card empty">Loading what the shelf said …</p>
  if (loaded.state === 'failed') return <p class="notice bad">{loaded.why}</p>
  const { found } = loaded
  const earlier = found.count - found.changes.length
  return (
    <article class="case" aria-labelledby="late">
      <header class="card">
        <h2 id="late">Shelf {found.shelf} said this too late</h2>
        <p class="quiet">
          It came after carts and bills had moved on, so it is in nobody's cart. Nobody is charged for it unless a
          person decides so in the review of a bill.
        </p>
      </header>
      {found.decision === null ? (
        <LateDeciding found={found} onSettled={() => setClosed((times) => times + 1)} />
      ) : (
        <Closed found={found} decision={found.decision} store={store} />
      )}
      <section class="doubts" aria-labelledby="said">
        <h3 id="said">What it said</h3>
        {earlier > 0 && <p class="quiet">{earlier} earlier changes are not shown any more.</p>}
        {found.changes.map((change, i) => (
          <ChangeView key={`${change.ts} ${i}`} change={change} store={store} names={names} />
        ))}
      </section>
    </article>
  )
}

type ChangeProps = Pick<Props, 'store' | 'names'> & { readonly change: LateChange }

function ChangeView({ change, store, names }: ChangeProps) {
  return (
    <section class="card doubt">
      <header>
        <h4>{changeWords(change, names)}</h4>
        <p class="quiet">{whenWords(change, store.timezone)}</p>
      </header>
      <ul class="ways">
        {change.ways.map((way) => (
          <li key={lateWayWords(way, names)}>
            <span>{lateWayWords(way, names)}</span>
            <strong>{oddsWords(way.probability)}</strong>
          </li>
        ))}
      </ul>
      <div class="who">
        <p>{whoWords(change)}</p>
        <ul>
          {change.people.map((person) => (
            <PersonLine key={person.shopper} person={person} />
          ))}
        </ul>
      </div>
    </section>
  )
}

function PersonLine({ person }: { readonly person: LatePerson }) {
  const { name, tripId, bill } = person
  const hasReview = tripId !== null && (bill === 'review' || bill === 'decided')
  return (
    <li>
      <strong>Shopper {shortId(name)}</strong>: {billWords(person)}{' '}
      {hasReview && <a href={`#${encodeURIComponent(tripId)}`}>Open it</a>}
    </li>
  )
}

interface ClosedProps {
  readonly found: LateCase
  readonly decision: NonNullable<LateCase['decision']>
  readonly store: Store
}

function Closed({ found, decision, store }: ClosedProps) {
  return (
    <section class="card settled" role="status">
      <h3>
        <span aria-hidden="true">✓</span> Closed: {outcomeWords(decision, peopleIn(found.changes))}
      </h3>
      <p class="quiet">
        {decision.reviewer} decided on {formatDayAndTime(decision.ts, store.timezone)}. No bill was changed by it.
      </p>
    </section>
  )
}

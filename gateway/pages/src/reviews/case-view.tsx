import { useMemo, useState } from 'preact/hooks'
import type { ReviewCase } from '../../../../models/contracts/reviews.ts'
import type { Store } from '../../../../models/contracts/store.ts'
import { formatClock, formatDuration, formatMoney } from '../../../../models/text/format.ts'
import { type Names, namesOf, shortId } from '../words.ts'
import { lineWords, oddsWords, type Sold, soldThen, totalOf } from './case-words.ts'
import { Deciding } from './deciding.tsx'
import { DoubtView } from './doubt-view.tsx'
import { useCase } from './use-case.ts'

interface Props {
  readonly tripId: string
  /** Nobody has decided yet. */
  readonly open: boolean
  readonly store: Store
  readonly onSettled: (tripId: string) => void
}

export function CaseView({ tripId, open, store, onSettled }: Props) {
  const loaded = useCase(tripId, open)
  const there = loaded.state === 'there' ? loaded.found : null
  const sold = useMemo(() => (there === null ? store.products : soldThen(store, there)), [store, there])
  const names = useMemo(() => namesOf({ ...store, products: sold }), [store, sold])
  if (loaded.state === 'loading') return <p class="card empty">Loading the review …</p>
  if (loaded.state === 'failed') return <p class="notice bad">{loaded.why}</p>
  const { found } = loaded
  return (
    <article class="case" aria-labelledby="who">
      <header class="card">
        <h2 id="who">
          Shopper {shortId(found.shopper)}
          {found.account !== null && found.account !== found.shopper && ` · account ${found.account}`}
        </h2>
        <p class="quiet">
          left at {formatClock(found.endedAt, store.timezone)} after {formatDuration(found.endedAt - found.startedAt)}{' '}
          in the store
          {found.account === null && ' · no account'}
        </p>
      </header>
      {found.decision === null ? (
        <OpenCase found={found} store={store} sold={sold} names={names} onSettled={onSettled} />
      ) : (
        <DecidedCase found={found} decision={found.decision} store={store} sold={sold} names={names} />
      )}
    </article>
  )
}

interface Found {
  readonly found: ReviewCase
  readonly sold: readonly Sold[]
  readonly names: Names
}

type OpenProps = Pick<Props, 'store' | 'onSettled'> & Found

function OpenCase({ found, store, sold, names, onSettled }: OpenProps) {
  const [chosen, setChosen] = useState<number | null>(null)
  return (
    <>
      {found.late.map((id) => (
        <p key={id} class="notice">
          A shelf that this shopper may have been at said too late that it had changed. That is why the bill waits for
          you, however sure the rest is. <a href={`#late/${encodeURIComponent(id)}`}>See what it said</a>
        </p>
      ))}
      <Deciding
        found={found}
        sold={sold}
        names={names}
        chosen={chosen}
        onChoose={setChosen}
        onSettled={() => onSettled(found.tripId)}
      />
      <section class="doubts" aria-labelledby="differ">
        <h3 id="differ">Where the explanations differ</h3>
        {found.doubts.length === 0 && (
          <p class="quiet">
            {found.late.length > 0 ? 'Nothing else is in doubt.' : 'Nothing more is known about this one.'}
          </p>
        )}
        {found.doubts.map((doubt) => (
          <DoubtView key={doubt.change} doubt={doubt} found={found} store={store} names={names} />
        ))}
      </section>
    </>
  )
}

type DecidedProps = Pick<Props, 'store'> &
  Found & {
    readonly decision: NonNullable<ReviewCase['decision']>
  }

function DecidedCase({ found, decision, store, sold, names }: DecidedProps) {
  const { lines, reviewer, ts } = decision
  return (
    <section class="card settled" role="status">
      <h3>
        <span aria-hidden="true">✓</span> Settled: {formatMoney(totalOf(lines, sold), found.currency)}
      </h3>
      <p class="quiet">
        {reviewer} decided at {formatClock(ts, store.timezone)}. The bill goes to the account as final.
      </p>
      {lines.length === 0 ? (
        <p>Nothing was taken.</p>
      ) : (
        <ul>
          {lines.map((line) => (
            <li key={line.sku}>{lineWords(line, names)}</li>
          ))}
        </ul>
      )}
      <p class="quiet">
        The odds were: {found.explanations.map(({ probability }) => oddsWords(probability)).join(', ')}.
      </p>
    </section>
  )
}

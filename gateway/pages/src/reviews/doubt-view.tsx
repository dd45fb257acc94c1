import { useState } from 'preact/hooks'
import type { ReviewCase, ReviewDoubt } from '../../../../models/contracts/reviews.ts'
import type { Store } from '../../../../models/contracts/store.ts'
import { formatClock } from '../../../../models/text/format.ts'
import type { Names } from '../words.ts'
import { changeWords, oddsWords, waysOf } from './case-words.ts'
import { MomentPlan } from './moment-plan.tsx'
import { WeightChart } from './weight-chart.tsx'

interface Props {
  readonly doubt: ReviewDoubt
  readonly found: ReviewCase
  readonly store: Store
  readonly names: Names
}

/** One change of a shelf: what may have been done, what the plates felt, and who stood where. */
export function DoubtView({ doubt, found, store, names }: Props) {
  const [ms, setMs] = useState(0)
  const { change, ts, evidence } = doubt
  return (
    <section class="card doubt" aria-labelledby={`change-${change}`}>
      <header>
        <h4 id={`change-${change}`}>{changeWords(doubt, names)}</h4>
        <p class="quiet">{formatClock(ts, store.timezone)}</p>
      </header>
      <ul class="ways">
        {waysOf(doubt, found.explanations, names).map(({ words, probability }) => (
          <li key={words}>
            <span>{words}</span>
            <strong>{oddsWords(probability)}</strong>
          </li>
        ))}
      </ul>
      {evidence === null ? (
        <p class="quiet none">What the sensors saw then is not kept any more.</p>
      ) : (
        <>
          <div class="figures">
            <WeightChart weights={evidence.weights} ms={ms} />
            <MomentPlan doubt={doubt} people={evidence.people} found={found} store={store} ms={ms} />
          </div>
          <label class="moment">
            <span>
              Moment: <output>{momentWords(ms)}</output>
            </span>
            <input
              type="range"
              min={-2000}
              max={2000}
              step={200}
              value={ms}
              aria-valuetext={momentWords(ms)}
              onInput={(event) => setMs(Number(event.currentTarget.value))}
            />
          </label>
        </>
      )}
    </section>
  )
}

function momentWords(ms: number): string {
  if (ms === 0) return 'as the weight changed'
  return `${(Math.abs(ms) / 1000).toFixed(1)} s ${ms < 0 ? 'before' : 'after'}`
}

import { useState } from 'preact/hooks'
import type { LateCase, NewLateDecision } from '../../../../models/contracts/late.ts'
import { useMe } from '../signing-in.ts'
import { outcomeWords, peopleIn } from './late-words.ts'
import { closeLate } from './use-case.ts'

interface Props {
  readonly found: LateCase
  readonly onSettled: () => void
}

type Choice = Pick<NewLateDecision, 'outcome' | 'tripId'>

/** What became of it, chosen and confirmed. */
export function LateDeciding({ found, onSettled }: Props) {
  const [chosen, setChosen] = useState<Choice | null>(null)
  const me = useMe()
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<string | null>(null)
  const people = peopleIn(found.changes)
  const confirm = async (event: Event) => {
    event.preventDefault()
    if (chosen === null || busy) return
    setBusy(true)
    setRefused(null)
    const outcome = await closeLate(found.id, { ...chosen, count: found.count })
    setBusy(false)
    if (outcome.state === 'refused') setRefused(outcome.why)
    else onSettled()
  }
  return (
    <form class="card deciding" onSubmit={confirm}>
      <fieldset>
        <legend>What became of it?</legend>
        {choicesOf(found).map((choice) => {
          const words = outcomeWords({ tripId: null, ...choice }, people)
          const isChosen = chosen?.outcome === choice.outcome && chosen.tripId === choice.tripId
          return (
            <label key={words} class="choice">
              <input type="radio" name="outcome" checked={isChosen} onChange={() => setChosen(choice)} />
              <span class="content">{words}</span>
            </label>
          )
        })}
      </fieldset>
      {chosen !== null && (
        <div class="confirm">
          {me?.role === 'viewer' ? (
            <p class="quiet">You may look. To close it takes an operator or an admin.</p>
          ) : (
            <button type="submit" class="button main" disabled={busy}>
              Close the case
            </button>
          )}
          {me !== null && me.role !== 'viewer' && <p class="quiet">It is kept under your name, {me.name}.</p>}
        </div>
      )}
      <div role="alert">{refused !== null && <p class="notice bad">Not closed: {refused}</p>}</div>
    </form>
  )
}

/** It can be on a bill that waits for a person, or did. */
function choicesOf({ changes }: LateCase): Choice[] {
  const reviewed = peopleIn(changes).flatMap(({ tripId, bill }) =>
    tripId !== null && (bill === 'review' || bill === 'decided') ? [tripId] : [],
  )
  return [
    { outcome: 'nobody-pays' },
    ...[...new Set(reviewed)].map((tripId): Choice => ({ outcome: 'billed', tripId })),
    { outcome: 'no-goods' },
  ]
}

import { useState } from 'preact/hooks'
import type { ReviewCase } from '../../../../models/contracts/reviews.ts'
import { formatMoney } from '../../../../models/text/format.ts'
import { useMe } from '../signing-in.ts'
import { type Names, shortId } from '../words.ts'
import { isDisputed, type Lines, lineWords, oddsWords, type Sold, totalOf } from './case-words.ts'
import { LineEditor } from './line-editor.tsx'
import { settle } from './use-case.ts'

interface Props {
  readonly found: ReviewCase
  readonly sold: readonly Sold[]
  readonly names: Names
  /** Index of an explanation; null: none of them as it is. */
  readonly chosen: number | null
  readonly onChoose: (index: number | null) => void
  readonly onSettled: () => void
}

/** Picks an explanation, or edits what is billed, and confirms. */
export function Deciding({ found, sold, names, chosen, onChoose, onSettled }: Props) {
  const [lines, setLines] = useState<Lines | null>(null)
  const me = useMe()
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<string | null>(null)
  const choose = (index: number) => {
    onChoose(index)
    setLines(found.explanations[index]?.lines ?? [])
  }
  const edit = (edited: Lines) => {
    onChoose(null)
    setLines(edited)
  }
  const confirm = async (event: Event) => {
    event.preventDefault()
    if (lines === null || busy) return
    setBusy(true)
    setRefused(null)
    const outcome = await settle(found.tripId, { lines })
    setBusy(false)
    if (outcome.state === 'refused') setRefused(outcome.why)
    else onSettled()
  }
  return (
    <form class="card deciding" onSubmit={confirm}>
      <fieldset>
        <legend>What did they take?</legend>
        {found.explanations.map((explanation, i) => (
          <label key={JSON.stringify(explanation.lines)} class="choice">
            <input type="radio" name="explanation" checked={chosen === i} onChange={() => choose(i)} />
            <span class="content">
              <Receipt lines={explanation.lines} found={found} names={names} />
            </span>
            <span class="odds">
              <strong>{oddsWords(explanation.probability)}</strong>
              <span class="quiet money">{formatMoney(totalOf(explanation.lines, sold), found.currency)}</span>
            </span>
          </label>
        ))}
        {found.others >= 0.01 && <p class="quiet rest">Something else: {oddsWords(found.others)}.</p>}
      </fieldset>
      {lines === null ? (
        <p class="other">
          <button type="button" class="button" onClick={() => edit(found.explanations[0]?.lines ?? [])}>
            None of these: write the bill myself
          </button>
        </p>
      ) : (
        <>
          <LineEditor lines={lines} sold={sold} names={names} onEdit={edit} />
          <div class="confirm">
            {me?.role === 'viewer' ? (
              <p class="quiet">You may look. To settle it takes an operator or an admin.</p>
            ) : (
              <button type="submit" class="button main" disabled={busy}>
                {confirmWords(lines, found, sold)}
              </button>
            )}
            {me !== null && me.role !== 'viewer' && <p class="quiet">It is kept under your name, {me.name}.</p>}
          </div>
        </>
      )}
      <div role="alert">{refused !== null && <p class="notice bad">Not settled: {refused}</p>}</div>
    </form>
  )
}

function confirmWords(lines: Lines, { shopper, currency }: ReviewCase, sold: readonly Sold[]): string {
  const who = `shopper ${shortId(shopper)}`
  if (lines.length === 0) return `Confirm: ${who} owes nothing`
  return `Charge ${who} ${formatMoney(totalOf(lines, sold), currency)}`
}

type ReceiptProps = Pick<Props, 'found' | 'names'> & { readonly lines: Lines }

/** What is disputed stands out from what all explanations agree on. */
function Receipt({ lines, found, names }: ReceiptProps) {
  if (lines.length === 0) return <strong>Nothing</strong>
  const nothingMore = !lines.some((line) => isDisputed(line, found.explanations))
  return (
    <>
      {nothingMore && <strong class="line">Nothing more than</strong>}
      {lines.map((line) => {
        const words = lineWords(line, names)
        return (
          <span key={line.sku} class="line">
            {isDisputed(line, found.explanations) ? <strong>{words}</strong> : <span class="quiet">{words}</span>}
          </span>
        )
      })}
    </>
  )
}

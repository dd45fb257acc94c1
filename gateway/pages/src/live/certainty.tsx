import { certaintyOf } from '../words.ts'

const looks = { sure: 'chip', likely: 'chip warn', unsure: 'chip bad' } as const
const signs = { sure: '✓', likely: '~', unsure: '?' } as const

/** How sure a line is, as sign and word. */
export function CertaintyChip({ confidence }: { readonly confidence: number }) {
  const certainty = certaintyOf(confidence)
  return (
    <span class={`${looks[certainty]} certainty`} title={`${Math.round(confidence * 100)} % sure`}>
      <span aria-hidden="true">{signs[certainty]}</span>
      {certainty}
    </span>
  )
}

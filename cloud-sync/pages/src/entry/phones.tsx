import { formatDayAndTime } from '../../../../models/text/format.ts'
import type { KnownPhone } from './use-phone.ts'

interface Props {
  readonly phone: KnownPhone
  readonly onRemove: (keyId: string) => void
}

/** Who can open the gate on this account; a lost phone is taken off here. */
export function Phones({ phone: { phones, keyId }, onRemove }: Props) {
  if (phones.length === 0) return null
  return (
    <details class="more">
      <summary>{phones.length === 1 ? '1 phone shows' : `${phones.length} phones show`} your codes</summary>
      <ul>
        {phones.map(({ id, label, addedAt }) => (
          <li key={id}>
            <span>
              {label} {id === keyId && <span class="chip">this one</span>}
              <span class="quiet">since {formatDayAndTime(addedAt)}</span>
            </span>
            <button type="button" class="button" aria-label={`Remove ${label}`} onClick={() => onRemove(id)}>
              Remove
            </button>
          </li>
        ))}
      </ul>
    </details>
  )
}

import type { ComponentChildren } from 'preact'
import type { DeviceView } from '../../../../models/contracts/http.ts'
import { formatClock, formatDuration } from '../../../../models/text/format.ts'
import { clockWords, stateWords } from '../words.ts'

interface Props {
  readonly device: DeviceView
  /** Time of the picture, milliseconds since the epoch. */
  readonly now: number
  readonly timeZone: string | undefined
}

const looks = { online: 'good', silent: 'warn', offline: 'bad', 'never-seen': 'bad', moved: 'bad' } as const
const signs = { online: '✓', silent: '…', offline: '✕', 'never-seen': '–', moved: '↻' } as const

export function DeviceRow({ device, now, timeZone }: Props) {
  const { id, kind, state, why, messages, lost, duplicates, rejected, battery } = device
  return (
    <tr>
      <th scope="row">
        <span class="name">{id}</span>
        <span class="quiet">{kind}</span>
      </th>
      <Cell name="State">
        <span class={`chip ${looks[state]}`}>
          <span aria-hidden="true">{signs[state]}</span>
          {stateWords[state]}
        </span>
        <span class="quiet why">{why}</span>
      </Cell>
      <Cell name="Last heard">{lastHeard(device, now, timeZone)}</Cell>
      <Cell name="Messages">
        {messages.toLocaleString()}
        {duplicates > 0 && <span class="quiet">{duplicates.toLocaleString()} twice</span>}
      </Cell>
      <Cell name="Lost">{share(lost, messages)}</Cell>
      <Cell name="Refused">{rejected === 0 ? <span class="dim">none</span> : rejected.toLocaleString()}</Cell>
      <Cell name="Clock">{clockWords(device.clockOffsetMs)}</Cell>
      <Cell name="Made by">
        {device.model ?? <span class="dim">not told</span>}
        {device.firmware !== null && <span class="quiet">{device.firmware}</span>}
        {battery !== null && <span class={battery < 20 ? 'low' : 'quiet'}>battery {Math.round(battery)} %</span>}
      </Cell>
    </tr>
  )
}

function Cell({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <td data-name={name}>
      <div>{children}</div>
    </td>
  )
}

function lastHeard({ lastSeen }: DeviceView, now: number, timeZone: string | undefined) {
  if (lastSeen === null) return <span class="dim">never</span>
  return (
    <>
      {now - lastSeen < 2000 ? 'now' : `${formatDuration(now - lastSeen)} ago`}
      <span class="quiet">{formatClock(lastSeen, timeZone)}</span>
    </>
  )
}

/** A loss of a few in ten thousand is ordinary at QoS 0. */
function share(lost: number, messages: number) {
  if (lost === 0) return <span class="dim">none</span>
  const percent = (100 * lost) / (lost + messages)
  return (
    <>
      {lost.toLocaleString()}
      <span class="quiet">{percent < 0.1 ? 'under 0.1 %' : `${percent.toFixed(1)} %`}</span>
    </>
  )
}

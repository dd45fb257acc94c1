/** Whether a device can be relied on now, and why not, in words for a shop manager. Pure. */
import type { DeviceView } from '../../models/contracts/http.ts'
import type { DeviceKind } from '../../models/contracts/store.ts'

export interface Heard {
  /** The latest `status`, null before the first. */
  readonly status: 'online' | 'offline' | null
  /** Arrival of the latest live message, `status` aside, in milliseconds since the epoch. */
  readonly lastSeen: number | null
  readonly statusAt: number | null
  /** Whether it streams readings of its kind; one that sends events only may be silent for hours. */
  readonly streams: boolean
  /** Whether it sends telemetry, so that silence means something. */
  readonly beats: boolean
}

/** How long the stream of a kind may pause: some batches of a scale or tracker, some seconds without any beacon. */
const streamSilenceMs: Partial<Record<DeviceKind, number>> = { shelf: 5_000, tracker: 5_000, receiver: 30_000 }
/** Telemetry comes every 30 s or so: three in a row that are missing. */
const beatSilenceMs = 90_000

type State = Pick<DeviceView, 'state' | 'why'>

/** `now` in milliseconds since the epoch. */
export function availability(kind: DeviceKind, heard: Heard, now: number): State {
  const { status, statusAt, lastSeen } = heard
  if (lastSeen === null && status === null)
    return {
      state: 'never-seen',
      why: 'It is in the store file, but nothing was heard of it since the gateway started.',
    }
  if (status === 'offline' && (statusAt ?? 0) >= (lastSeen ?? 0))
    return { state: 'offline', why: `It lost its connection or was switched off${ago(statusAt, now)}.` }
  const boundMs = silenceBound(kind, heard)
  const quietMs = now - Math.max(lastSeen ?? 0, statusAt ?? 0)
  if (boundMs === null || quietMs <= boundMs) return { state: 'online', why: 'It sends as it should.' }
  return {
    state: 'silent',
    why: `It is connected but has sent nothing for ${inWords(quietMs)}; it should at least every ${Math.round(boundMs / 1000)} seconds. Check the sensor and its program.`,
  }
}

function silenceBound(kind: DeviceKind, { streams, beats }: Heard): number | null {
  const streamMs = streams ? streamSilenceMs[kind] : undefined
  return streamMs ?? (beats ? beatSilenceMs : null)
}

function ago(at: number | null, now: number): string {
  return at === null ? '' : `, ${inWords(now - at)} ago`
}

/** Coarse on purpose, so that a page does not flicker: `less than a minute`, `5 minutes`, `2 hours`, `3 days`. */
export function inWords(durationMs: number): string {
  const minutes = Math.floor(durationMs / 60_000)
  if (minutes < 1) return 'less than a minute'
  if (minutes < 120) return minutes === 1 ? 'a minute' : `${minutes} minutes`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`
}

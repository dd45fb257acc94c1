/** How a camera stands among the devices: what its stream and its view say beside what MQTT says. Pure. */
import type { StreamState } from '../../devices/camera/stream-state.ts'
import type { DeviceView } from '../../models/contracts/http.ts'
import { inWords } from '../registry/availability.ts'

export interface CameraState {
  /** Null for a camera that sends JPEG over MQTT. */
  readonly stream: StreamState | null
  /** Whether it sees something else than when it was calibrated. */
  readonly moved: boolean
  readonly frames: number
  /** Time of the newest one, milliseconds since the epoch. */
  readonly latestMs: number | null
}

/** `now` in milliseconds since the epoch. */
export function withCamera(view: DeviceView, camera: CameraState, now: number): DeviceView {
  const seen = camera.stream === null ? view : streamed(view, camera.stream, camera, now)
  if (!camera.moved || seen.state !== 'online') return seen
  const why =
    'It sees something else than when it was calibrated: somebody turned it, or put something before it. Where people are cannot be told from it. Turn it back, or calibrate it anew.'
  return { ...seen, state: 'moved', why }
}

function streamed(view: DeviceView, stream: StreamState, { frames, latestMs }: CameraState, now: number): DeviceView {
  const counted = { ...view, messages: view.messages + frames, lastSeen: latestMs ?? view.lastSeen }
  if (stream.phase === 'live') return { ...counted, state: 'online', why: 'Its stream comes as it should.' }
  const since = latestMs === null ? '' : ` Its latest picture came ${inWords(now - latestMs)} ago.`
  if (stream.phase === 'waiting')
    return {
      ...counted,
      state: 'offline',
      why: `There is no stream: ${stream.why}. It is tried again and again.${since}`,
    }
  return { ...counted, state: latestMs === null ? 'never-seen' : 'silent', why: `Its stream is being opened.${since}` }
}

/** When a camera's stream is opened, given up and tried again. Pure: time and chance come as arguments. */

/** `failures` in a row count for the next wait; `told` is the last reason that was put into words. */
export type StreamState = { readonly failures: number; readonly told: string | null } & (
  | { readonly phase: 'opening'; readonly since: number }
  | { readonly phase: 'live'; readonly since: number; readonly lastFrameAt: number }
  | { readonly phase: 'waiting'; readonly until: number; readonly why: string }
)

export type StreamEvent =
  | { readonly kind: 'frame' }
  /** Its process ended. */
  | { readonly kind: 'ended'; readonly why: string }
  /** The time that `dueAt` named has come. */
  | { readonly kind: 'due' }

export interface StreamTurn {
  readonly state: StreamState
  /** What is to be done about its process. */
  readonly act: 'open' | 'close' | null
  /** For a person, where there is news. */
  readonly word: string | null
}

/** Key frames of an IP camera can be 10 s apart, and nothing can be decoded before the first. */
const firstFrameMs = 20_000
/** A camera that sends one picture a second loses four in a row before that. */
const stallMs = 5_000
/** A stream that held for so long begins anew with the shortest wait. */
const steadyMs = 30_000
/** A camera that restarts is back within a minute; more often than that it need not be asked. */
const shortestWaitMs = 1_000
const longestWaitMs = 60_000

/** `at` in milliseconds by any clock that never goes back. */
export function openingState(at: number): StreamState {
  return { phase: 'opening', since: at, failures: 0, told: null }
}

/** When something is to be done although nothing happens. */
export function dueAt(state: StreamState): number {
  if (state.phase === 'waiting') return state.until
  return state.phase === 'live' ? state.lastFrameAt + stallMs : state.since + firstFrameMs
}

/** `chance` from 0 to 1 spreads the tries of cameras that were lost together. */
export function streamTurn(state: StreamState, event: StreamEvent, at: number, chance: number): StreamTurn {
  if (event.kind === 'frame') return framed(state, at)
  if (event.kind === 'ended')
    return state.phase === 'waiting' ? { state, act: null, word: null } : lost(state, event.why, null, at, chance)
  if (at < dueAt(state)) return { state, act: null, word: null }
  if (state.phase === 'waiting') {
    const { failures, told } = state
    return { state: { phase: 'opening', since: at, failures, told }, act: 'open', word: null }
  }
  const silentMs = state.phase === 'live' ? stallMs : firstFrameMs
  return lost(state, `no picture came for ${silentMs / 1000} s`, 'close', at, chance)
}

function framed(state: StreamState, at: number): StreamTurn {
  // What was given up can still have had a picture under way.
  if (state.phase === 'waiting') return { state, act: null, word: null }
  if (state.phase === 'live') return { state: { ...state, lastFrameAt: at }, act: null, word: null }
  const { failures } = state
  const live: StreamState = { phase: 'live', since: at, lastFrameAt: at, failures, told: null }
  return { state: live, act: null, word: 'pictures come' }
}

function lost(state: StreamState, why: string, act: 'close' | null, at: number, chance: number): StreamTurn {
  const steady = state.phase === 'live' && at - state.since >= steadyMs
  const failures = steady ? 0 : state.failures
  const waitMs = Math.min(longestWaitMs, shortestWaitMs * 2 ** failures) * (0.5 + chance / 2)
  const word = why === state.told ? null : `no pictures: ${why}; next try in ${Math.ceil(waitMs / 1000)} s`
  // Ten in a row have long reached the longest wait.
  return {
    state: { phase: 'waiting', until: at + waitMs, why, failures: Math.min(10, failures + 1), told: why },
    act,
    word,
  }
}

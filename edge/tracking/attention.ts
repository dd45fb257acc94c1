/**
 * Which camera's newest picture is looked at next, within so many milliseconds of inference a second. Each camera has an
 * interval at which it should be looked at: short where something happens, a second where nothing does. Who has waited the
 * longest, in intervals of its own, is next: so under any load all wait alike longer, and nobody for ever. Pure.
 */

/** What is known of one camera. Milliseconds since the epoch. */
interface Watched {
  lastLookMs: number | null
  movedMs: number | null
  stirredMs: number | null
  /** Somebody was in its last picture, near a shelf or elsewhere. */
  crowd: 'nobody' | 'somebody' | 'at-shelf'
  /** A picture of it was not looked at yet. */
  waiting: boolean
}

export interface AttentionState {
  readonly cameras: Record<string, Watched>
  /** Milliseconds of inference that may be spent at once. */
  creditMs: number
  atMs: number | null
}

/** A hand is at a plate for half a second or more: five looks. */
const atShelfMs = 100
/** Somebody walks 0.3 m meanwhile, less than people are wide. */
const somebodyMs = 200
/** Whoever comes in is seen after two steps, and a camera whose light changes slowly is looked at. */
const quietMs = 1000
/** So long after a plate moved or a picture changed there may be somebody: a reach takes 2 s from its beginning. */
const afterStirMs = 2000
const afterMotionMs = 1000
/**
 * Grey levels of the tile that changed most. On person-video still pictures differ by 1 (95 % of those with somebody who
 * stands below 5), those in which somebody comes or goes by 28 in the middle.
 */
const leastChange = 4
/** Ten looks: after a pause no more than these are caught up with. */
const mostCreditMs = 250

export function newAttention(cameras: Iterable<string>): AttentionState {
  const watched = [...cameras].map((camera): [string, Watched] => [
    camera,
    { lastLookMs: null, movedMs: null, stirredMs: null, crowd: 'nobody', waiting: false },
  ])
  return { cameras: Object.fromEntries(watched), creditMs: mostCreditMs, atMs: null }
}

/** A newer picture of a camera takes the place of the one that waits. `change`: grey levels; null where it was not measured. */
export function pictureCame(state: AttentionState, camera: string, change: number | null, nowMs: number): void {
  const watched = state.cameras[camera]
  if (watched === undefined) return
  watched.waiting = true
  if (change !== null && change >= leastChange) watched.movedMs = nowMs
}

/** A plate moved that the camera sees. */
export function plateStirred(state: AttentionState, camera: string, nowMs: number): void {
  const watched = state.cameras[camera]
  if (watched !== undefined) watched.stirredMs = nowMs
}

/** The camera to look at now; null when none is due, has a picture, or the budget is spent. */
export function nextCamera(state: AttentionState, budgetMsPerSecond: number, nowMs: number): string | null {
  refill(state, budgetMsPerSecond, nowMs)
  if (state.creditMs <= 0) return null
  let next: { readonly camera: string; readonly waited: number } | null = null
  for (const [camera, watched] of Object.entries(state.cameras)) {
    const waited = waitedIntervals(watched, nowMs)
    if (watched.waiting && waited >= 1 && (next === null || waited > next.waited)) next = { camera, waited }
  }
  return next?.camera ?? null
}

/** What a look came to. `spentMs`: of inference. */
export function lookedAt(
  state: AttentionState,
  camera: string,
  { crowd, spentMs, nowMs }: { readonly crowd: Watched['crowd']; readonly spentMs: number; readonly nowMs: number },
): void {
  const watched = state.cameras[camera]
  state.creditMs -= Math.max(0, spentMs)
  if (watched === undefined) return
  Object.assign(watched, { crowd, lastLookMs: nowMs })
}

/** Its picture was taken to be looked at. */
export function pictureTaken(state: AttentionState, camera: string): void {
  const watched = state.cameras[camera]
  if (watched !== undefined) watched.waiting = false
}

function refill(state: AttentionState, budgetMsPerSecond: number, nowMs: number): void {
  const passedMs = state.atMs === null ? 0 : Math.max(0, nowMs - state.atMs)
  state.creditMs = Math.min(mostCreditMs, state.creditMs + (passedMs / 1000) * budgetMsPerSecond)
  state.atMs = Math.max(state.atMs ?? nowMs, nowMs)
}

function waitedIntervals(watched: Watched, nowMs: number): number {
  if (watched.lastLookMs === null) return Number.POSITIVE_INFINITY
  return (nowMs - watched.lastLookMs) / intervalOf(watched, nowMs)
}

function intervalOf({ crowd, stirredMs, movedMs }: Watched, nowMs: number): number {
  if (crowd === 'at-shelf' || isRecent(stirredMs, nowMs, afterStirMs)) return atShelfMs
  if (crowd === 'somebody' || isRecent(movedMs, nowMs, afterMotionMs)) return somebodyMs
  return quietMs
}

function isRecent(atMs: number | null, nowMs: number, withinMs: number): boolean {
  return atMs !== null && nowMs - atMs <= withinMs
}

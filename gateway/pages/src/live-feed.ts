/** The gateway's pictures of the shop as they come; says when they stop coming. */
import type { LiveView } from '../../../models/contracts/http.ts'
import { goSignIn } from './signing-in.ts'

type Timer = ReturnType<typeof setTimeout>
export type Connection = 'connecting' | 'live' | 'lost'

export interface FeedListener {
  readonly onView: (view: LiveView) => void
  readonly onConnection: (connection: Connection) => void
}

/** After a refusal a browser does not try again by itself. */
const reopenMs = 3000
/** A quiet shop sends nothing; a silence of this length is checked by asking. */
const silenceMs = 20_000
/** A gateway on the shop's own network answers at once. */
const answerMs = 5000

/** Opens the feed and keeps it open. Returns a function that closes it. */
export function openFeed({ onView, onConnection }: FeedListener): () => void {
  let source: EventSource
  let reopening: Timer | undefined
  let silence: Timer | undefined

  const heard = () => {
    onConnection('live')
    clearTimeout(silence)
    silence = setTimeout(check, silenceMs)
  }
  const open = () => {
    source = new EventSource('/api/live')
    source.addEventListener('open', heard)
    source.addEventListener('live', (event) => {
      heard()
      onView(JSON.parse(event.data))
    })
    source.addEventListener('error', () => {
      onConnection('lost')
      if (source.readyState === EventSource.CLOSED) void refused()
    })
  }
  const reopen = () => {
    source.close()
    clearTimeout(reopening)
    reopening = setTimeout(open, reopenMs)
  }
  const look = () => fetch('/api/live.json', { signal: AbortSignal.timeout(answerMs) }).catch(() => null)
  /** An EventSource does not tell why: perhaps nobody is signed in any more. */
  const refused = async () => {
    if ((await look())?.status === 401) return goSignIn()
    reopen()
  }
  const check = async () => {
    const answer = await look()
    if (answer?.ok) return heard()
    onConnection('lost')
    reopen()
  }

  onConnection('connecting')
  open()
  return () => {
    source.close()
    clearTimeout(reopening)
    clearTimeout(silence)
  }
}

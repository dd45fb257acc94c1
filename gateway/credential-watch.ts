/** What there is to say about the store's credential at the account service, by what the service answers. */
import { credentialEnds, endWords } from '../cloud-sync/stores/credential-ends.ts'
import type { BusLog } from './mqtt/bus.ts'

export interface CredentialWatch {
  /** To be told of every answer of the account service. */
  heard(answer: Pick<Response, 'status' | 'headers'>): void
  /** What somebody must see to, in words; null: nothing. */
  notice(): string | null
}

export interface CredentialWatchDeps {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly log: BusLog
}

/** The page shows it all the time; in the log it stands once a day. */
const logAgainMs = 86_400_000
const remedy = 'Whoever runs the account service makes another one (npm run stores)'

export function createCredentialWatch({ now, log }: CredentialWatchDeps): CredentialWatch {
  let endsAt: number | null = null
  let isRefused = false
  let loggedAt = Number.NEGATIVE_INFINITY

  function notice(): string | null {
    const end = endsAt === null ? null : endWords(endsAt, now())
    if (!isRefused) return end === null ? null : `${end}. ${remedy}.`
    const what = end ?? "The account service does not take this store's credential"
    return `${what}: bills wait, and new accounts are not known. ${remedy}; the gateway is started again with it.`
  }

  return {
    notice,
    heard({ status, headers }) {
      isRefused = status === 401 || status === 403
      const end = Date.parse(headers.get(credentialEnds) ?? '')
      if (!Number.isNaN(end)) endsAt = end
      const words = notice()
      if (words === null || now() - loggedAt < logAgainMs) return
      loggedAt = now()
      log.warn({}, words)
    },
  }
}

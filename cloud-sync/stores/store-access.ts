/** Which store asks, by its credential, and that what it reaches for in vain is written down. */
import type { FastifyRequest } from 'fastify'
import { createCounters } from '../counter.ts'
import { ServiceError } from '../errors.ts'
import type { Access, Caller } from '../people/access.ts'
import type { AuditLog } from '../people/audit-log.ts'
import { bearerOf } from '../secrets.ts'
import type { StoreCredentials } from './store-credentials.ts'

/** As it stands in the audit log; ids of accounts have no space in them. */
export const auditName = (storeId: string) => `store ${storeId}`

/** Whoever has a store's credential throws these by asking for what is not that store's, or is nobody's. */
const reachedTooFar: ReadonlySet<string> = new Set([
  'NOT_ALLOWED',
  'OTHER_STORE',
  'OTHER_MAKER',
  'OWN_SIGN_IN',
  'NO_SUCH_TRIP',
  'NO_SUCH_ACCOUNT',
])
/** A gateway with another store's credential asks every few seconds: the audit log shall say so, not be filled by it. */
const mostNotes = 30
const perMs = 3_600_000

/** Whether a route is for who comes with a store's credential. */
export function isOfStores(access: Access | null | undefined): boolean {
  return access === 'store' || access === 'office'
}

export interface StoreAccess {
  /** Throws NO_TOKEN, WRONG_STORE_TOKEN, STORE_TOKEN_ENDED. */
  callerOf(request: FastifyRequest): Promise<Caller>
  /** To be told of every request that was refused. */
  refused(request: FastifyRequest, error: { readonly code: string; readonly message: string }): Promise<void>
}

/** `now` gives milliseconds since the epoch. */
export function createStoreAccess(credentials: StoreCredentials, audit: AuditLog, now: () => number): StoreAccess {
  /** By store; as many as there are credentials. */
  const countOf = createCounters(perMs, now)
  return {
    async callerOf({ headers }) {
      const token = bearerOf(headers.authorization)
      if (token === null) throw new ServiceError('NO_TOKEN')
      const credential = await credentials.find(token)
      if (credential === null) throw new ServiceError('WRONG_STORE_TOKEN')
      const { storeId, role, endsAt } = credential
      if (endsAt <= now()) throw new ServiceError('STORE_TOKEN_ENDED', `${storeId}, ${new Date(endsAt).toISOString()}`)
      return { subject: storeId, session: null, endsAt, may: (wanted) => wanted === 'store' || wanted === role }
    },
    async refused({ caller, ip, method, url, routeOptions }, { code, message }) {
      if (!isOfStores(routeOptions.config.access) || caller === null || !reachedTooFar.has(code)) return
      const storeId = caller.subject ?? ''
      if (countOf(storeId) > mostNotes) return
      const about = `${method} ${url.split('?')[0]}`
      await audit.append({ what: 'not-allowed', who: auditName(storeId), about, place: ip, detail: message })
    },
  }
}

/** Throws OTHER_STORE when what is asked for or delivered is not of the store that asks. */
export function wantOwn(storeId: string, named: string): void {
  if (storeId !== named) throw new ServiceError('OTHER_STORE', `found "${named}", wanted "${storeId}"`)
}

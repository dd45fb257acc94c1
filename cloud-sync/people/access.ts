/**
 * Every route says who may use it; one that says nothing may be used by nobody. A test of each server goes through all
 * of its routes.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { OwnSite } from './own-site.ts'
import { PeopleError } from './people-error.ts'
import type { Session } from './sessions.ts'

/** What the staff of a store may do; each may do what those before it may. */
export const roles = ['viewer', 'operator', 'admin'] as const
export type Role = (typeof roles)[number]

/** `store`: a store, by any credential of its own. `office`: one of its office. `shopper`: an account's owner. */
export type Access = 'anyone' | 'store' | 'office' | 'shopper' | Role

/** Who asks, by what they have shown. */
export interface Caller {
  /** Id of an account or a store, name of one of the staff; null: nobody. */
  readonly subject: string | null
  /** Null: by a token in the head of the request, which no browser sends by itself. */
  readonly session: Session | null
  /** When what they have shown is good no more, milliseconds since the epoch; of a store. */
  readonly endsAt?: number
  /** Whether they may what needs this. */
  readonly may: (access: Access) => boolean
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
    /** How often one person may ask it, where that is seldomer than is usual. */
    seldom?: Rate
  }
  interface FastifyRequest {
    caller: Caller | null
  }
  interface FastifyInstance {
    /** Every route with what it says. */
    routeAccess: RouteAccess[]
  }
}

export interface RouteAccess {
  readonly method: string
  readonly url: string
  readonly access: Access | null
}

export interface GuardOptions {
  readonly site: OwnSite
  /** Throws in words where something was shown that is not good. */
  readonly callerOf: (request: FastifyRequest, access: Access) => Promise<Caller>
  /** Told of everybody who is known and may not. */
  readonly onRefused: (request: FastifyRequest, caller: Caller, access: Access) => Promise<void>
  /** For routes of packages, which cannot say it themselves. */
  readonly foreign: (url: string) => Access | null
}

const reads: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])
const people: ReadonlySet<Access> = new Set(['shopper', ...roles])

/** How often one person may ask one address of ours (OWASP ASVS 5.0, 2.4.1), as `@fastify/rate-limit` counts. */
export interface Rate {
  readonly max: number
  /** Milliseconds. */
  readonly timeWindow: number
}

/** Ten a second: the pictures of eight cameras in two tabs, each every two seconds, are eight. */
const readRate: Rate = { max: 3000, timeWindow: 5 * 60_000 }
/** Somebody who settles a review every five seconds; each leaves a line in the audit log, which is kept. */
const changeRate: Rate = { max: 120, timeWindow: 10 * 60_000 }

/** To be called before any route is added, and before `@fastify/rate-limit`, which counts what this says. */
export function guardRoutes(app: FastifyInstance, { site, callerOf, onRefused, foreign }: GuardOptions): void {
  app.decorate('routeAccess', [])
  app.decorateRequest('caller', null)
  app.addHook('onRoute', (route) => {
    const access = route.config?.access ?? foreign(route.url)
    if (access !== null) route.config = { ...route.config, access }
    if (access !== null && people.has(access)) {
      const isRead = [route.method].flat().every((method) => reads.has(method))
      const rate = route.config?.seldom ?? (isRead ? readRate : changeRate)
      route.config = { ...route.config, rateLimit: { ...rate, keyGenerator: whoAsks } }
    }
    for (const method of [route.method].flat()) app.routeAccess.push({ method, url: route.url, access })
  })
  app.addHook('onRequest', async (request) => {
    if (request.is404) return
    const { access } = request.routeOptions.config
    if (access === undefined) throw new PeopleError('NOT_ALLOWED', 'this address is for nobody')
    if (access === 'anyone') return
    const caller = await callerOf(request, access)
    if (!reads.has(request.method) && caller.session !== null && !site.isOwn(request))
      throw new PeopleError('OTHER_SITE')
    request.caller = caller
    if (caller.may(access)) return
    await onRefused(request, caller, access)
    throw new PeopleError('NOT_ALLOWED', `it needs the role ${access}`)
  })
}

/** Not by where from: a family has one address, and a thief of a session many. */
function whoAsks({ caller, ip }: FastifyRequest): string {
  return caller?.subject ?? ip
}

/** Who asks; for routes that not anyone may use. */
export function subjectOf({ caller }: FastifyRequest): string {
  if (caller?.subject === null || caller === null) throw new PeopleError('SIGN_IN')
  return caller.subject
}

/** The session of who asks. Throws SIGN_IN for a machine with a token. */
export function sessionOf({ caller }: FastifyRequest): Session {
  if (caller === null || caller.session === null) throw new PeopleError('SIGN_IN')
  return caller.session
}

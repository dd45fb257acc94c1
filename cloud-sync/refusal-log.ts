/**
 * Says in the log which requests were refused as malformed, forged, too many or with a token that is not good, and lets
 * nobody fill the disk by being refused. Nothing of what was sent stands there: it may be a secret in the wrong field.
 * OWASP ASVS 5.0, 16.3.1 and 16.3.3.
 */
import type { FastifyRequest } from 'fastify'
import { createCounter } from './counter.ts'

/** A whole attack is worth some lines, not a line each time. */
const maxLines = 30
const perMs = 60_000
/** Bad shape, another site's page or a missing right, too large, no JSON, too often. */
const telling = new Set([400, 403, 413, 415, 429])

interface Refusal {
  readonly code: string
  readonly statusCode: number
}

/** `nowMs` is any steady clock. */
export function createRefusalLog(nowMs: () => number): (request: FastifyRequest, refusal: Refusal) => void {
  const count = createCounter(perMs, nowMs)
  return (request, { code, statusCode }) => {
    // Whoever is simply not signed in has tried nothing.
    const isBadToken = statusCode === 401 && request.headers.authorization !== undefined
    if (!isBadToken && !telling.has(statusCode)) return
    const lines = count()
    const { method, ip: place, routeOptions } = request
    if (lines <= maxLines) request.log.warn({ code, method, route: routeOptions.url, place }, 'a request was refused')
    if (lines === maxLines) request.log.warn('more requests are refused this minute than are logged')
  }
}

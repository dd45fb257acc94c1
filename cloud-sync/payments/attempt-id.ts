/**
 * Names of attempts, which are the provider's idempotency keys. They are made of what is asked for, not drawn: books that were
 * put back from a copy ask what they have forgotten under the same names, and nothing is charged or sent twice.
 */
import { hashOf } from '../secrets.ts'

/** A UUID of our own making (RFC 9562, 5.8): always the same for the same parts. */
export function attemptId(...parts: readonly (string | number)[]): string {
  const hex = hashOf(JSON.stringify(parts))
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(12, 15)}-8${hex.slice(15, 18)}-${hex.slice(18, 30)}`
}

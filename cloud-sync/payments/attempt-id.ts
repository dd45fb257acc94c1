/**
 * Names of attempts, which are the provider's idempotency keys. They are made of what is asked for, not drawn: books that were
 * put back from a copy ask what they have forgotten under the same names, and nothing is charged or sent twice.
 */
import { createHash } from 'node:crypto'

/** A UUID of our own making (RFC 9562, 5.8): always the same for the same parts. */
export function attemptId(...parts: readonly (string | number)[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

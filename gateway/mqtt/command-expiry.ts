/** A command that comes late does harm: a gate would open for somebody else. */
import { isCommand } from '../../models/contracts/topics.ts'

/** Whether it is a command that says itself that its time is over. `now`: Unix, milliseconds. */
export function isExpired(topic: string, payload: Uint8Array, now: number): boolean {
  if (!isCommand(topic)) return false
  try {
    const { expiresAt } = JSON.parse(Buffer.from(payload).toString()) as { readonly expiresAt?: unknown }
    return typeof expiresAt === 'number' && expiresAt < now
  } catch {
    return false
  }
}

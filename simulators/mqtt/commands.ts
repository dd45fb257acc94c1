/** What a gateway asks of devices. */
import type { Simulation } from '../simulation.ts'

/** Carries a command out; anything that is no `cmd/open` with its transaction is passed over. */
export function obey(simulation: Simulation, device: string, name: string, body: unknown): void {
  if (name !== 'open' || typeof body !== 'object' || body === null) return
  const { txn, expiresAt } = body as { readonly txn?: unknown; readonly expiresAt?: unknown }
  if (typeof txn === 'string' && typeof expiresAt === 'number') simulation.open(device, txn, expiresAt)
}

/** The gate: reads codes, opens for one person at a time, counts who goes through. */
import type { Gate } from '../world/world.ts'
import type { SimulatedDevice } from './device.ts'

const latencyMs = 30
/** An opening that nobody uses is over after this. */
const openMs = 5000
/** How long the answer takes where no gateway gives it and the gate knows the codes itself. */
const ownAnswerMs = 150

export class GateDevice implements Gate {
  readonly meta = { model: 'simulated gate', firmware: '1.0', channels: ['event/scan', 'event/passage'] }
  private readonly device: SimulatedDevice
  /** Codes that open at once; null: a gateway decides. */
  private readonly ownCodes: ReadonlySet<string> | null
  private openFrom = Number.POSITIVE_INFINITY
  private readonly answered = new Set<string>()

  constructor(device: SimulatedDevice, ownCodes: ReadonlySet<string> | null) {
    this.device = device
    this.ownCodes = ownCodes
  }

  scan(code: string): void {
    this.device.send('event/scan', { code }, this.device.now, latencyMs)
    if (this.ownCodes?.has(code) === true) this.openFrom = this.device.now + ownAnswerMs
  }

  /** A `cmd/open` of the gateway; a late one is dangerous and is refused. */
  command(txn: string, expiresAt: number): void {
    if (this.answered.has(txn)) return
    // A gate answers each transaction once; the last hundred are more than can be under way.
    if (this.answered.size > 100) this.answered.clear()
    this.answered.add(txn)
    const late = expiresAt < this.device.now
    if (!late) this.openFrom = this.device.now
    this.device.send('res/open', { txn, status: late ? 'error' : 'ok' }, this.device.now, latencyMs)
  }

  isOpen(): boolean {
    return this.device.now >= this.openFrom && this.device.now < this.openFrom + openMs
  }

  pass(direction: 'in' | 'out'): void {
    if (direction === 'in') this.openFrom = Number.POSITIVE_INFINITY
    this.device.send('event/passage', { direction }, this.device.now, latencyMs)
  }
}

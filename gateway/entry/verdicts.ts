/** What became of each scan at a gate, until the scan is due at the engine: seconds later, or minutes over a restart. */
import type { SensorEvent } from '../../edge/events.ts'

export type Scan = SensorEvent & { readonly kind: 'scan' }

/** A scan that the engine was not given by then never comes: newer events were handed on. */
const keptMs = 600_000
/** Of each gate: whoever tries again and again does so once a second. A reader that says more forgets its own scans alone. */
const mostKept = 1_000

/** What the engine is to take a scan for; null: nobody came in by it. A function where that cannot be told yet, to be asked then. */
export type Admission = string | null | (() => string | null)

interface Verdict {
  readonly scan: Scan
  readonly admission: Admission
}

export interface Verdicts {
  add(scan: Scan, admission: Admission): void
  /** The scan as the engine is to hear of it, once; null: it is not. Its time may have been corrected meanwhile. */
  take(scan: Scan): Scan | null
}

export function createVerdicts(): Verdicts {
  /** By gate. */
  const kept = new Map<string, readonly Verdict[]>()
  const keptOf = ({ device }: Scan) => kept.get(device) ?? []
  return {
    add(scan, admission) {
      const recent = keptOf(scan).filter((verdict) => verdict.scan.ts > scan.ts - keptMs)
      kept.set(scan.device, [...recent, { scan, admission }].slice(-mostKept))
    },
    take(scan) {
      const off = (verdict: Verdict) => Math.abs(verdict.scan.ts - scan.ts)
      const [found] = keptOf(scan)
        .filter((verdict) => verdict.scan.code === scan.code)
        .sort((a, b) => off(a) - off(b))
      if (found === undefined) return null
      const others = keptOf(scan).filter((verdict) => verdict !== found)
      kept.set(scan.device, others)
      const code = typeof found.admission === 'function' ? found.admission() : found.admission
      return code === null ? null : { ...scan, code }
    },
  }
}

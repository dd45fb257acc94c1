/** What became of each scan at a gate, until the scan is due at the engine: seconds later, or minutes over a restart. */
import type { SensorEvent } from '../../edge/events.ts'

export type Scan = SensorEvent & { readonly kind: 'scan' }

/** A scan that the engine was not given by then never comes: newer events were handed on. */
const keptMs = 600_000
/** Somebody who tries again and again does so once a second; this is a minute of many gates. */
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
  let kept: Verdict[] = []
  return {
    add(scan, admission) {
      kept = [...kept.filter((verdict) => verdict.scan.ts > scan.ts - keptMs), { scan, admission }].slice(-mostKept)
    },
    take(scan) {
      const off = (verdict: Verdict) => Math.abs(verdict.scan.ts - scan.ts)
      const [found] = kept
        .filter((verdict) => verdict.scan.device === scan.device && verdict.scan.code === scan.code)
        .sort((a, b) => off(a) - off(b))
      if (found === undefined) return null
      kept = kept.filter((verdict) => verdict !== found)
      const code = typeof found.admission === 'function' ? found.admission() : found.admission
      return code === null ? null : { ...scan, code }
    },
  }
}

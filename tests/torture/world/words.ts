/** What processes of the world log, judged: an error that no fault of the world explains is one of ours. */
import { type Logger, pino } from 'pino'
import type { SimulatedProcess } from './process.ts'

/** How each fault that a database or a disk can have reads. */
const injected = /database or disk is full|disk I\/O error|database is locked|ENOSPC|EIO: i\/o error/

/** Whether a fault of the world explains it. */
export function isInjected(error: unknown): boolean {
  return injected.test(String(error instanceof Error ? error.message : error))
}

interface Line {
  readonly level: number
  readonly msg: string
  readonly why?: string
  readonly err?: { readonly message?: string; readonly stack?: string }
}

/** The log of a process; what it says after its end nobody hears. `blame` is told of what nothing explains. */
export function judgedLog(who: string, process: SimulatedProcess, blame: (found: string) => void): Logger {
  const { error, fatal } = pino.levels.values
  const write = (text: string) => {
    if (!process.alive) return
    const { level, msg, why = '', err } = JSON.parse(text) as Line
    process.timeline.note(`${who}: ${msg}`)
    const all = `${msg} ${why} ${err?.message ?? ''}`
    if (level >= (fatal ?? 0) || (level >= (error ?? 0) && !isInjected(all)))
      blame(`${who} logged: ${all} ${err?.stack ?? ''}`)
  }
  return pino({ level: 'warn' }, { write })
}

/** A store whose process begins anew, in place, when the computer's clock was set back by more than it makes up for by itself. */
import type { BusLog } from './mqtt/bus.ts'
import type { Ports, StoreProcess } from './store-process-options.ts'

const lookEveryMs = 1000
/**
 * Below that the gateway's clock goes a little slower (`clock.ts`), and devices whose clocks are right are still believed; above it a
 * process that begins goes by the new time, as after any end.
 */
export const mostAheadMs = 120_000

export interface LastingStoreOptions {
  /** `ports`: of the one before, which others know by now. */
  readonly make: (ports: Ports | null) => StoreProcess
  /** It could not begin anew, and has stopped. */
  readonly onFailure: (error: Error) => void
  readonly log: Pick<BusLog, 'warn'>
  readonly everyMs?: number
}

export function createLastingStore({ make, onFailure, log, everyMs = lookEveryMs }: LastingStoreOptions): StoreProcess {
  let current = make(null)
  let ports: Ports | null = null
  let timer: NodeJS.Timeout | undefined
  let beginning: Promise<void> = Promise.resolve()

  async function beginAnew(): Promise<void> {
    await current.stop('of-another-time')
    current = make(ports)
    await current.start()
  }

  function look(): void {
    const aheadMs = current.clockAheadMs()
    if (aheadMs <= mostAheadMs) return
    clearInterval(timer)
    log.warn({ aheadMs }, "the computer's clock was set back: the store begins anew, by the new time")
    beginning = beginAnew().then(watch, onFailure)
  }

  function watch(): void {
    timer = setInterval(look, everyMs)
  }

  return {
    async start() {
      ports = await current.start()
      watch()
      return ports
    },
    async stop() {
      clearInterval(timer)
      await beginning
      clearInterval(timer)
      await current.stop()
    },
    clockAheadMs: () => current.clockAheadMs(),
  }
}

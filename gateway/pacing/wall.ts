/** Real time: messages are taken in as they come, and time moves ten times a second. */
import type { Clock } from '../clock.ts'
import { type Downstream, isFromDevice, type Pace, receive } from './pace.ts'

/** Half a scale's batch: the engine waits no longer than that beyond the hold. */
const pumpMs = 100

export function createWallPace(storeId: string, clock: Clock, { ingest, pump }: Downstream): Pace {
  let timer: NodeJS.Timeout | undefined
  return {
    start() {
      timer = setInterval(pump, pumpMs)
    },
    take(message) {
      if (isFromDevice(storeId, message.topic)) receive(ingest, message, clock.now())
    },
    stop() {
      clearInterval(timer)
    },
  }
}

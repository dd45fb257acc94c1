/** What breaks, as processes on the virtual clock. */
import type { FaultOptions } from './scenario/schema.ts'
import type { SimulatedDevice } from './sensors/device.ts'
import type { Process } from './world/scheduler.ts'

export interface DeadCell {
  readonly cell: string
  /** Milliseconds since the epoch. */
  readonly from: number
}

export function deadCells({ deadCells: cells }: FaultOptions, opens: number): DeadCell[] {
  return cells.map(({ cell, at }) => ({ cell, from: opens + at * 1000 }))
}

/** The outages of a device that the scenario names. `restart` brings it up again as after a power cut. */
export function* outages(device: SimulatedDevice, options: FaultOptions, opens: number, restart: () => void): Process {
  const mine = options.outages.filter((outage) => outage.device === device.id).sort((a, b) => a.at - b.at)
  for (const { at, seconds } of mine) {
    yield opens + at * 1000
    device.fail()
    yield device.now + seconds * 1000
    restart()
  }
}

/** Restarts at random times; each takes some seconds. */
export function* reboots(device: SimulatedDevice, options: FaultOptions, restart: () => void): Process {
  if (options.rebootsPerDeviceHour === 0) return
  for (;;) {
    yield device.now + device.random.exponential(3_600_000 / options.rebootsPerDeviceHour)
    device.fail()
    yield device.now + device.random.range(3000, 15_000)
    restart()
  }
}

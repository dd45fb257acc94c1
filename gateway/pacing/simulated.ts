/**
 * A simulator owns time: on `sim/time` the gateway waits until the step's messages are here, sets its clock, takes
 * them in, and answers on `gw/progress`. So a run depends neither on the machine's speed nor on the network's order.
 */
import { type Progress, SimulatedTimeSchema } from '../../models/contracts/commands.ts'
import { deviceTopic } from '../../models/contracts/topics.ts'
import { compile, describeFault } from '../../models/contracts/validate.ts'
import type { SimulatedClock } from '../clock.ts'
import type { BusMessage } from '../mqtt/bus.ts'
import { type Downstream, isFromDevice, type Pace, receive } from './pace.ts'

/** A step of 200 ms has some thousand messages; whoever sends a hundred times that without a step has no clock. */
const maxQueued = 200_000
/** The simulator waits for the answer to a step before the next. */
const maxSteps = 16

export interface SimulatedPaceOptions extends Downstream {
  readonly storeId: string
  readonly clock: SimulatedClock
  /** The gateway's own, whose messages the simulator does not count; null: it has none. */
  readonly ownDevice: string | null
  /** Random per start of the gateway. */
  readonly boot: string
  /** Answers the simulator, after what the step brought about was said. */
  readonly publishProgress: (progress: Progress, retain: boolean) => void
  readonly warn: (message: string) => void
}

const parseStep = compile(SimulatedTimeSchema)
type Step = { readonly now: number; readonly after: number }

export function createSimulatedPace(options: SimulatedPaceOptions): Pace {
  const { storeId, clock, boot, ingest, pump, publishProgress, warn } = options
  const own = options.ownDevice === null ? null : deviceTopic(storeId, options.ownDevice, '')
  let queued: BusMessage[] = []
  let steps: Step[] = []
  let received = 0

  function runSteps(): void {
    for (let step = steps[0]; step !== undefined && received >= step.after; step = steps[0]) {
      steps = steps.slice(1)
      clock.set(step.now)
      const messages = queued
      queued = []
      for (const message of messages) receive(ingest, message, clock.now())
      pump()
      publishProgress({ boot, now: step.now, received }, false)
    }
  }

  function takeStep(payload: Uint8Array): void {
    const parsed = parseStep(jsonOrText(payload))
    if (!parsed.ok) warn(`sim/time: ${parsed.faults.map(describeFault).join('; ')}`)
    else if (steps.length >= maxSteps) warn(`sim/time: ${maxSteps} steps wait already; one is dropped`)
    else steps.push(parsed.value)
  }

  return {
    start: () => publishProgress({ boot, now: 0, received }, true),
    take(message) {
      if (message.topic === `tillfree/1/${storeId}/sim/time`) takeStep(message.payload)
      else if (!isFromDevice(storeId, message.topic)) return
      else {
        if (!message.retain && (own === null || !message.topic.startsWith(own))) received += 1
        if (queued.length < maxQueued) queued.push(message)
      }
      runSteps()
    },
    stop() {
      steps = []
    },
  }
}

function jsonOrText(payload: Uint8Array): unknown {
  const text = Buffer.from(payload).toString()
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

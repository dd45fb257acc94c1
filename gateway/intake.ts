/** What every message goes through on its way to the engine, whichever way it came: ingest, registry, gates, counts. */
import type { StoreRuntime } from '../edge/runtime/port.ts'
import type { Account } from '../models/contracts/recording.ts'
import type { Store } from '../models/contracts/store.ts'
import type { Clock } from './clock.ts'
import { createGate } from './gate.ts'
import type { Rejection } from './ingest/causes.ts'
import { type Accepted, createIngest, type Ingest, type Released } from './ingest/ingest.ts'
import { createReporter, createTally, type Tally } from './ingest/tally.ts'
import type { BusLog } from './mqtt/bus.ts'
import { createRegistry, type Registry } from './registry/registry.ts'

/** An earlier run cannot have been further than this in the future; it had a wrong clock. */
const longestAheadMs = 60_000

export interface IntakeOptions {
  readonly store: Store
  /** Started: its view says up to when events were taken by an earlier run. */
  readonly runtime: StoreRuntime
  readonly clock: Clock
  readonly publish: (topic: string, payload: string) => Promise<void>
  readonly onAccepted: (accepted: Accepted) => void
  readonly onRejected: (rejection: Rejection) => void
  readonly log: BusLog
}

export interface Intake {
  readonly ingest: Ingest
  readonly registry: Registry
  /** Refusals of ingest and gates together. */
  readonly tally: Tally
  setAccounts(accounts: readonly Account[]): void
  /** Gives the engine what is due. */
  pump(): void
  /** Gives the engine everything that is left. */
  flush(): void
}

export function createIntake(options: IntakeOptions): Intake {
  const { store, runtime, clock, publish, log } = options
  const registry = createRegistry(store)
  const tally = createTally()
  const reporter = createReporter()

  function onRejected(rejection: Rejection): void {
    tally.add(rejection)
    options.onRejected(rejection)
    const count = reporter.due(rejection, clock.now())
    const { cause, device, sentence } = rejection
    if (count !== null) log.warn({ cause, device, count }, `message refused: ${sentence}`)
  }

  const gate = createGate({
    store,
    now: clock.now,
    publish,
    onRejected,
    problem: runtime.problem,
    onFailure: (device, error) => log.warn({ device }, `the gate stays closed: ${error.message}`),
  })
  const { time } = runtime.view()
  const clockWasAhead = time > clock.now() + longestAheadMs
  if (clockWasAhead)
    log.warn({ time, now: clock.now() }, 'the clock was set back since the last run: events are taken from now on')
  const ingest = createIngest({
    store,
    ...(time > 0 && !clockWasAhead ? { watermark: time } : {}),
    onRejected,
    onAccepted(accepted) {
      registry.heard(accepted)
      gate.heard(accepted)
      options.onAccepted(accepted)
    },
  })

  function give({ events, watermark }: Released): void {
    for (const event of events) runtime.accept(event)
    if (watermark > 0) runtime.advance(watermark)
  }

  return {
    ingest,
    registry,
    tally,
    setAccounts(accounts) {
      gate.setAccounts(accounts)
      runtime.setAccounts(accounts)
    },
    pump: () => give(ingest.release(clock.now())),
    flush: () => give(ingest.flush()),
  }
}

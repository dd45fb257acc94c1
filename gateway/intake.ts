/** What every message goes through on its way to the engine, whichever way it came: ingest, registry, gates, counts. */
import type { StoreRuntime } from '../edge/runtime/port.ts'
import type { Account } from '../models/contracts/recording.ts'
import type { Store } from '../models/contracts/store.ts'
import { parseTopic, qosOf } from '../models/contracts/topics.ts'
import type { Clock } from './clock.ts'
import { createGate, forEngine } from './entry/gate.ts'
import type { UsedCodes } from './entry/used-codes.ts'
import { type Rejection, rejection } from './ingest/causes.ts'
import { type Accepted, createIngest, type Ingest, type Released } from './ingest/ingest.ts'
import { createReporter, createTally, type Tally } from './ingest/tally.ts'
import { type BusLog, NeverKeptError } from './mqtt/bus.ts'
import { createRegistry, type Registry } from './registry/registry.ts'
import { createAllowance, mostBytes } from './spool/allowance.ts'
import { createKeeping } from './spool/keeping.ts'
import { clockSetBack } from './spool/left.ts'
import { lengthOf, nameOf } from './spool/record.ts'
import type { Spool } from './spool/spool.ts'

/** An earlier run cannot have been further than this in the future; it had a wrong clock. */
const longestAheadMs = 60_000

/** A disk that refuses is asked again so often: what waits may be many megabytes. */
const writeAgainMs = 1000

export interface IntakeOptions {
  readonly store: Store
  /** Started: its view says up to when events were taken by an earlier run. */
  readonly runtime: Pick<
    StoreRuntime,
    'view' | 'accept' | 'advance' | 'setAccounts' | 'durableTime' | 'problem' | 'wasDamaged'
  >
  readonly clock: Clock
  /** Where messages are kept over a restart. */
  readonly spool: Spool
  /** Which entry codes have let somebody in. */
  readonly usedCodes: UsedCodes
  /** Why nobody new may be let in though everything can still be written; null when there is room on the disk. */
  readonly shortage: () => string | null
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
  /** Gives it what waits for what may come later, too: the process that comes next has another time. */
  handOn(): void
  /** Counts and says what was refused after it was taken in. */
  refuse(rejection: Rejection): void
  /** Takes in what the process before held back when it ended. Call it once, before the first message. */
  restore(): void
  /**
   * Resolves when a message that will be taken in outlives a power cut; rejects when the disk refuses, or its device has said more
   * than is kept.
   */
  keep(topic: string, payload: Uint8Array): Promise<void>
  /** Resolves when what the journal may say next is true after a power cut, too; rejects when the disk refuses. */
  named(): Promise<void>
  /** Why messages cannot be kept, in words; null when all is well. */
  problem(): string | null
}

const isToldOnce = (topic: string) => qosOf(parseTopic(topic)?.channel ?? '') > 0

export function createIntake(options: IntakeOptions): Intake {
  const { store, runtime, clock, publish, spool, usedCodes, shortage, log } = options
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
    ...(clock.aheadMs === undefined ? {} : { aheadMs: clock.aheadMs }),
    publish,
    onRejected,
    usedCodes,
    problem: () => runtime.problem() ?? spool.problem() ?? shortage(),
    onFailure: (device, error) => log.warn({ device }, `the gate stays closed: ${error.message}`),
  })
  const { time } = runtime.view()
  // A simulated clock is at 0 until its simulator has spoken.
  const clockWasAhead = clock.now() > 0 && time > clock.now() + longestAheadMs
  if (clockWasAhead)
    log.warn({ time, now: clock.now() }, 'the clock was set back since the last run: events are taken from now on')
  const ingest = createIngest({
    store,
    ...(time > 0 && !clockWasAhead ? { watermark: time } : {}),
    onRejected,
    onAccepted(accepted) {
      registry.heard(accepted)
      gate.heard(accepted, restoring)
      options.onAccepted(accepted)
    },
  })
  const keeping = createKeeping()
  const allowance = createAllowance(store)
  /** How many releases the spool was told of, the last that named something, and up to which they are on disk. */
  const releases = { told: 0, naming: 0, synced: 0 }
  let restoring = false
  let writeAgainAt = 0
  let said: string | null = null

  function give({ events, watermark }: Released): void {
    for (const event of events) {
      const admitted = gate.admitted(event)
      if (admitted !== null) runtime.accept(admitted)
    }
    if (watermark <= 0) return
    runtime.advance(watermark)
    tellReleased(watermark)
  }

  /** What the engine was not given yet must be named on disk before the journal says up to when it was given everything. */
  function tellReleased(watermark: number): void {
    const names = [...keeping.awaiting(), ...ingest.waiting()]
    spool.released(watermark, names)
    releases.told += 1
    if (names.length > 0) releases.naming = releases.told
  }

  const mayKeep = (topic: string, payload: Uint8Array) => allowance.take(topic, lengthOf(topic, payload), clock.now())

  /** What nobody acknowledges is not held back for order either: parsed it takes some times its bytes in memory. */
  function refuseFlood(topic: string): Rejection {
    const { device = null, channel = '' } = parseTopic(topic) ?? {}
    const fault = { where: 'payload', found: 'a flood', wanted: `at most ${mostBytes} bytes in 10 s of one device` }
    const refused = rejection('overload', device, channel, fault)
    onRejected(refused)
    return refused
  }

  return {
    ingest: {
      ...ingest,
      receive(message) {
        const { body, topic } = message
        if (body.kind === 'bytes' && !keeping.takeIn(body.bytes, message.arrivedAt) && allowance.isWanted(topic)) {
          if (!mayKeep(topic, body.bytes)) return refuseFlood(topic)
          spool.keep(message)
        }
        const isNamed = body.kind === 'bytes' && isToldOnce(message.topic)
        return ingest.receive(isNamed ? { ...message, name: nameOf(message.topic, body.bytes) } : message)
      },
    },
    registry,
    tally,
    refuse: onRejected,
    setAccounts(accounts) {
      gate.setAccounts(accounts)
      runtime.setAccounts(forEngine(accounts))
    },
    restore() {
      restoring = true
      const now = clock.now()
      // What stands on bills already must not come once more: better the last seconds are lost than taken twice.
      const givenUpTo = runtime.wasDamaged() ? Number.POSITIVE_INFINITY : time
      const { messages, damage } = spool.read(givenUpTo, now > 0 && time > now && givenUpTo === time)
      if (damage !== null) log.warn({}, `of the messages of the last minute some cannot be read: ${damage}`)
      const latest = now === 0 ? Number.POSITIVE_INFINITY : now + (clockWasAhead ? 0 : longestAheadMs)
      for (const { message, wasGiven } of messages) {
        const isAhead = message.arrivedAt > latest
        // Given long ago; what is told once is remembered all the same, since it may come again.
        const isOnce = isToldOnce(message.topic)
        if (isOnce) keeping.restore(message)
        // By a clock that has been set back since: it says nothing of the device's.
        if (isAhead && isOnce) ingest.restore({ ...message, arrivedAt: now, retain: true }, wasGiven)
        else if (!isAhead && (isOnce || message.arrivedAt > givenUpTo)) ingest.restore(message, wasGiven)
      }
      restoring = false
      tellReleased(clockWasAhead ? clockSetBack : time)
    },
    pump() {
      const now = clock.now()
      give(ingest.release(now))
      keeping.forget(now)
      if (spool.problem() === null || now >= writeAgainAt) {
        spool.write()
        writeAgainAt = now + writeAgainMs
      }
      // One that is to come is of a clock that was set back since.
      if (runtime.durableTime() <= now) spool.settle(runtime.durableTime())
      const problem = spool.problem()
      if (problem !== said && problem !== null)
        log.warn({}, `messages cannot be kept on disk, devices are not acknowledged: ${problem}`)
      if (said !== null && problem === null) log.info({}, 'messages can be kept on disk again')
      said = problem
    },
    handOn: () => give(ingest.flush()),
    async keep(topic, payload) {
      if (spool.problem() !== null) await spool.durable()
      if (!allowance.isWanted(topic)) return
      if (!mayKeep(topic, payload)) throw new NeverKeptError(`its device said more than ${mostBytes} bytes in 10 s`)
      keeping.begin(topic, payload)
      spool.keep({ arrivedAt: clock.now(), topic, body: { kind: 'bytes', bytes: payload } })
      await spool.durable()
    },
    // Also when nothing waits any more: what is written now may be a state of before, which the journal refused then.
    named: async () => {
      const { told, naming, synced } = releases
      if (naming <= synced) return
      await spool.durable()
      releases.synced = told
    },
    problem: spool.problem,
  }
}

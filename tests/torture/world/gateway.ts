/** The gateway's core as its process: intake, runtime, delivery and accounts as `store-process.ts` puts them together. */
import { createDelivery, type Delivery } from '../../../cloud-sync/delivery.ts'
import { storeToken } from '../../../cloud-sync/testing/service.ts'
import type { ReceiptPolicy } from '../../../edge/engine/receipt.ts'
import type { StoreRuntime } from '../../../edge/runtime/port.ts'
import { createStoreRuntime } from '../../../edge/runtime/runtime.ts'
import { type AccountSource, createAccountSource, mergeAccounts } from '../../../gateway/accounts.ts'
import { createWallClock } from '../../../gateway/clock.ts'
import { createDiskRoom, lookEveryMs } from '../../../gateway/disk-room.ts'
import { openUsedCodes, type UsedCodes } from '../../../gateway/entry/used-codes.ts'
import type { Rejection } from '../../../gateway/ingest/causes.ts'
import { createIntake, type Intake } from '../../../gateway/intake.ts'
import { mostAheadMs } from '../../../gateway/lasting-store.ts'
import { receive } from '../../../gateway/pacing/pace.ts'
import { createSpool, type Spool } from '../../../gateway/spool/spool.ts'
import type { Account } from '../../../models/contracts/recording.ts'
import type { Store } from '../../../models/contracts/store.ts'
import type { Files } from '../../../models/platform/files.ts'
import type { Breakage } from './breakage.ts'
import type { SimulatedDatabase } from './database.ts'
import type { SimulatedDisk } from './disk.ts'
import { fetchOver, type Listener } from './http.ts'
import { simulatedJournal } from './journal.ts'
import type { Machine } from './machine.ts'
import type { Link } from './network.ts'
import type { SimulatedProcess } from './process.ts'
import { isInjected, judgedLog } from './words.ts'

/** Where its copy of the accounts is. */
export const accountsFile = '/data/accounts.json'
export const spoolFolder = '/data/spool'

/** Half as often as in a store, which is enough for a few shoppers. */
const pumpMs = 200
const lookAtClockMs = 1000

/** What the world wants to know of a gateway. */
export interface Watcher {
  /** It takes a message in; what it commands or refuses until the next call (null) follows from that. */
  entering(payload: Uint8Array | null): void
  command(topic: string, payload: string): void
  refused(rejection: Rejection): void
  /** It goes by these accounts from now on. */
  told(accounts: readonly Account[]): void
  committed(ok: boolean): void
  /** It has just been started and is about to read what its former process left. */
  starting(): void
  blame(found: string): void
}

interface Parts {
  readonly store: Store
  readonly policy: ReceiptPolicy
  readonly machine: Machine
  readonly disk: SimulatedDisk
  readonly database: SimulatedDatabase
  /** Of the entry codes that were used. */
  readonly codes: SimulatedDatabase
  readonly cloud: Link
  readonly service: Listener
  /** With the codes of cards, known beside those of the account service. */
  readonly cards: readonly Account[]
  readonly breakage: Breakage
  readonly watcher: Watcher
}

interface Running {
  readonly process: SimulatedProcess
  readonly runtime: StoreRuntime
  readonly spool: Spool
  readonly intake: Intake
  readonly usedCodes: UsedCodes
  readonly accounts: AccountSource
  readonly delivery: Delivery
  readonly now: () => number
}

export class Gateway {
  readonly #parts: Parts
  #running: Running | null = null
  /** Nothing starts it again. */
  #closed = false
  /** Times at which it began and ceased to run, in turns. */
  readonly turns: number[] = []

  constructor(parts: Parts) {
    this.#parts = parts
    parts.machine.onDeath = () => {
      this.#end()
      this.#startSoon()
    }
  }

  start(): void {
    const { machine, watcher } = this.#parts
    if (machine.running) return
    this.#closed = false
    const process = machine.begin()
    watcher.starting()
    this.#open(process).then(
      (running) => {
        if (process.alive) this.#goLive(running)
      },
      (error: Error) => {
        if (!process.alive) return
        if (!isInjected(error)) watcher.blame(`the gateway does not start: ${error.stack}`)
        machine.end()
        this.#startSoon()
      },
    )
  }

  /** An orderly end, and a new start unless it is `forGood`. */
  async stop(forGood: boolean, next?: 'of-another-time'): Promise<void> {
    if (this.#running === null) return
    this.#closed = forGood
    const { process, runtime, intake, spool, usedCodes, accounts, delivery } = this.#running
    this.#end()
    if (next !== undefined) intake.handOn()
    await accounts.stop()
    await delivery.stop()
    await runtime.stop().catch((error: Error) => {
      if (!isInjected(error)) this.#parts.watcher.blame(`the runtime does not stop: ${error.stack}`)
    })
    await spool.close()
    usedCodes.close()
    if (!process.alive) return
    this.#parts.machine.end()
    this.#startSoon()
  }

  /** The store as it runs; null while it does not. */
  get runtime(): StoreRuntime | null {
    return this.#running?.runtime ?? null
  }

  /** What its devices are connected to. */
  process(): object | null {
    return this.#running?.process ?? null
  }

  now(): number {
    return this.#running?.now() ?? 0
  }

  /** A message of a device at its broker; `acknowledged` where it was told at QoS 1 and is kept. */
  take(topic: string, bytes: Uint8Array, acknowledged: (() => void) | null): void {
    if (this.#running === null) return
    const { process, intake, now } = this.#running
    const payload = this.#parts.breakage.payload(bytes)
    const enter = () => {
      this.#parts.watcher.entering(bytes)
      receive(intake.ingest, { topic, payload, retain: false }, now())
      this.#parts.watcher.entering(null)
    }
    if (acknowledged === null) enter()
    else
      this.#keep(topic, payload, () => {
        enter()
        // What it did may have been its end.
        if (process.alive) acknowledged()
      })
  }

  #keep(topic: string, payload: Uint8Array, then: () => void): void {
    if (this.#running === null) return
    const { process, intake } = this.#running
    intake.keep(topic, payload).then(
      () => {
        if (process.alive && this.#running?.process === process) then()
      },
      (error: Error) => {
        if (process.alive && !isInjected(error)) this.#parts.watcher.blame(`a message is not kept: ${error.stack}`)
      },
    )
  }

  async #open(process: SimulatedProcess): Promise<Running> {
    const { store, policy, machine, disk, database, codes, cloud, service, breakage, watcher } = this.#parts
    const log = judgedLog('gateway', process, watcher.blame)
    const files = disk.filesFor(process)
    const clock = createWallClock(machine.clock, () => machine.timeline.now)
    const never = new AbortController().signal
    const openJournal = (path: string) =>
      breakage.journal(simulatedJournal(process, database, machine.random, watcher.committed)(path))
    const wait = (ms: number) => process.wait(ms, never)
    let intake: Intake | null = null
    const runtime = createStoreRuntime({
      store,
      policy,
      path: database.file(),
      log,
      wait,
      openJournal,
      beforeCommit: async () => intake?.named(),
    })
    await runtime.start()
    const spool = breakage.spool(createSpool(spoolFolder, files))
    const usedCodes = breakage.usedCodes(openUsedCodes(codes.file(), codes.optionsFor(process)))
    const inside = () => runtime.view().shoppers.length
    const freeBytes = async () => machine.freeBytes()
    const room = breakage.room(createDiskRoom({ folder: '/data', inside, freeBytes, log }))
    await room.look()
    process.every(lookEveryMs, 'how full is the disk?', () => void room.look())
    intake = createIntake({
      store,
      runtime: breakage.runtime(runtime),
      clock,
      spool,
      usedCodes,
      shortage: room.problem,
      publish: async (topic, payload) => {
        if (process.alive) watcher.command(topic, payload)
      },
      onAccepted: () => {},
      onRejected: watcher.refused,
      log,
    })
    const accounts = this.#accountsOf(process, { intake, runtime }, files)
    await accounts.start()
    intake.restore()
    const delivery = createDelivery({
      source: runtime,
      url: 'http://accounts.test',
      token: storeToken,
      now: clock.now,
      log,
      fetch: breakage.fetch(fetchOver(cloud, process, service)),
      wait: process.wait,
      random: () => machine.random.next(),
      newRequestId: () => `request-${machine.random.uint32()}`,
    })
    // As `gateway/lasting-store.ts` does.
    process.every(lookAtClockMs, 'was the clock set back?', () => {
      if (clock.aheadMs() > mostAheadMs) void this.stop(false, 'of-another-time')
    })
    return { process, runtime, spool, intake, usedCodes, accounts, delivery, now: clock.now }
  }

  #accountsOf(
    process: SimulatedProcess,
    { intake, runtime }: { readonly intake: Intake; readonly runtime: StoreRuntime },
    disk: Files,
  ): AccountSource {
    const { store, cloud, service, cards, breakage, watcher } = this.#parts
    return createAccountSource({
      storeId: store.id,
      storeName: store.name,
      service: { url: 'http://accounts.test', token: storeToken },
      cacheFile: accountsFile,
      markFile: `${accountsFile}.mark`,
      now: this.#parts.machine.clock,
      onAccounts: (polled) => {
        if (!process.alive) return
        watcher.told(polled)
        intake.setAccounts(breakage.accounts(mergeAccounts(cards, polled)))
      },
      onBillsWanted: async ({ from, to }) => void (await runtime.offerAgain(from, to)),
      log: judgedLog('accounts', process, watcher.blame),
      fetch: fetchOver(cloud, process, service),
      wait: process.wait,
      disk,
    })
  }

  #goLive(running: Running): void {
    this.#running = running
    this.turns.push(this.#parts.machine.timeline.now)
    const { process, intake, runtime, delivery } = running
    runtime.onChange(() => delivery.kick())
    delivery.start()
    process.every(pumpMs, 'pump', () => {
      if (this.#running === running) intake.pump()
    })
  }

  #end(): void {
    if (this.#running !== null) this.turns.push(this.#parts.machine.timeline.now)
    this.#running = null
  }

  #startSoon(): void {
    const { timeline, random } = this.#parts.machine
    if (this.#closed) return
    timeline.after(random.range(500, 4000), 'gateway starts', () => this.start())
  }
}

/** One world from its seed: a shop, its gateway, the account service and the payment provider, and all that goes wrong. */

import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../../../cloud-sync/migrations.ts'
import { openSqlite } from '../../../cloud-sync/sql.ts'
import { nameIn, ownKey } from '../../../cloud-sync/stores/own-key.ts'
import { backUp, usingAlone } from '../../../edge/runtime/journal-backup.ts'
import { parsePurchaseAnswer } from '../../../models/contracts/http.ts'
import { newPhone } from '../../../models/entry/phone.ts'
import { Random } from '../../../simulators/random.ts'
import { requireSpooled } from '../oracle/devices.ts'
import { both, type Facts, factsOfFile, missing, noFacts } from '../oracle/forgotten.ts'
import { GateOracle } from '../oracle/gate.ts'
import { factsIn, type KeptCase, keyOf } from '../oracle/journal.ts'
import { Violation } from '../oracle/violation.ts'
import { Bank } from './bank.ts'
import type { Breakage } from './breakage.ts'
import { SimulatedDatabase } from './database.ts'
import { Device } from './device.ts'
import { SimulatedDisk } from './disk.ts'
import { type ChanceFault, Faults } from './faults.ts'
import { accountsFile, Gateway, spoolFolder, type Watcher } from './gateway.ts'
import type { Listener } from './http.ts'
import { Machine } from './machine.ts'
import { Link } from './network.ts'
import { Office } from './office.ts'
import { AccountService, type Customer, enrol, sessionOf, signIn } from './service.ts'
import { policy, shop } from './shop.ts'
import { Timeline } from './timeline.ts'
import { Visitors } from './visitors.ts'

/** The first two have phones, the others cards. */
const phoneOwners: readonly string[] = ['anna', 'bo']
const allCustomers = (): readonly Customer[] =>
  ['anna', 'bo', 'carla', 'dino'].map((id) => ({
    id,
    code: `CODE${id.toUpperCase()}0000`,
    // The same in every world, so that the same seed is the same world.
    phone: phoneOwners.includes(id) ? newPhone(createHash('sha256').update(id).digest()) : null,
    token: `token-of-${id}`,
  }))

/** What a power cut leaves is made of images here, so a disk that really syncs would only cost time. */
const memoryDisk = '/dev/shm'

export class World {
  readonly folder = mkdtempSync(join(existsSync(memoryDisk) ? memoryDisk : tmpdir(), 'tillfree-world-'))
  readonly timeline: Timeline
  readonly faults: Faults
  readonly random: Random
  /** Of copies of the account service's data. */
  readonly copying: Random
  readonly customers = allCustomers()
  readonly machines: { readonly gateway: Machine; readonly service: Machine }
  readonly databases: {
    readonly gateway: SimulatedDatabase
    readonly codes: SimulatedDatabase
    readonly service: SimulatedDatabase
  }
  readonly links: { readonly shop: Link; readonly cloud: Link; readonly provider: Link; readonly public: Link }
  readonly disk: SimulatedDisk
  readonly bank: Bank
  readonly service: AccountService
  readonly gateway: Gateway
  readonly devices: readonly Device[]
  readonly shelves: readonly Device[]
  readonly visitors: Visitors
  readonly office: Office
  readonly gateOracle = new GateOracle(this.customers)
  /** Trips that the service said it has, with the ids of their purchases. */
  readonly purchases = new Map<string, string>()
  /** Messages that the gateway refused in words, by id. */
  readonly refused = new Set<string>()
  /** Bills that were in the outbox when a copy of the journal was put back, by trip and part. */
  readonly restored = new Map<string, string>()
  /** Cases of what was said too late that there were then. */
  readonly restoredLate: KeptCase[] = []
  readonly restoredAt: number[] = []
  /** What the account service had whenever a copy of its data was put back, and how often that was. */
  forgotten: Facts = noFacts
  serviceRestores = 0
  /** Bills that it had been given since those copies. */
  billsForgotten = 0
  deaths = 0
  readonly #breakage: Breakage
  #backups = 0
  readonly #serviceCopies: { readonly path: string; readonly at: number }[] = []
  #violation: Error | null = null
  #entering: Uint8Array | null = null
  readonly clockSetAt: number[] = []

  constructor(seed: number, breakage: Breakage, tell?: (line: string) => void) {
    const timeline = new Timeline(tell)
    this.#breakage = breakage
    this.timeline = timeline
    const stream = (name: string) => new Random(seed, name)
    this.random = stream('world')
    this.copying = stream('copies')
    this.faults = new Faults(seed)
    const machine = (name: string) => new Machine(name, timeline, this.faults, stream(name))
    this.machines = { gateway: machine('gateway'), service: machine('service') }
    const link = (name: string, answerLost?: ChanceFault) =>
      new Link(name, timeline, this.faults, stream(`${name} link`), answerLost)
    this.links = {
      shop: link('shop'),
      cloud: link('cloud'),
      provider: link('provider', 'provider answer lost'),
      public: link('public'),
    }
    this.databases = {
      gateway: new SimulatedDatabase(this.machines.gateway, join(this.folder, 'gateway')),
      codes: new SimulatedDatabase(this.machines.gateway, join(this.folder, 'codes')),
      service: new SimulatedDatabase(this.machines.service, join(this.folder, 'service')),
    }
    this.disk = new SimulatedDisk(this.machines.gateway, stream('disk'))
    this.machines.gateway.onPowerCut.push(() => this.disk.cutPower())
    this.bank = new Bank(timeline, this.links.provider, this.machines.service.clock)
    this.service = new AccountService({
      machine: this.machines.service,
      database: this.databases.service,
      bank: this.bank,
      breakage,
      blame: this.blame,
    })
    this.gateway = new Gateway({
      store: shop,
      policy,
      machine: this.machines.gateway,
      disk: this.disk,
      database: this.databases.gateway,
      codes: this.databases.codes,
      cloud: this.links.cloud,
      service: this.#listening(),
      cards: this.customers.map(({ id, code, phone }) => ({ id, codes: phone === null ? [code] : [] })),
      breakage,
      watcher: this.#watcher(),
    })
    const device = (id: string, apartMs: number) =>
      new Device(
        id,
        timeline,
        this.links.shop,
        this.gateway,
        () => this.machines.gateway.clock() - this.machines.gateway.clockOffsetMs + apartMs,
      )
    const [gate, tracker, g1, g2] = [device('gate1', 0), device('trk', 20), device('g1', -35), device('g2', 60)]
    this.shelves = [g1, g2]
    this.devices = [gate, g1, g2]
    this.visitors = new Visitors(timeline, stream('visitors'), {
      gate,
      tracker,
      shelves: new Map(this.shelves.map((shelf) => [shelf.id, shelf])),
    })
    this.office = new Office({
      timeline,
      random: stream('office'),
      link: this.links.public,
      service: this.service.listener,
      gateway: this.gateway,
      customers: this.customers,
      trips: () => [...this.purchases.keys()],
      isDisputed: (tripId) => this.#isDisputed(tripId),
      blame: this.blame,
    })
  }

  /** Accounts there are, and everything is started. */
  async begin(): Promise<void> {
    const sql = openSqlite(this.databases.service.file())
    await migrate(sql, this.machines.service.clock())
    await enrol(sql, shop.id, this.customers, this.machines.service.clock())
    await sql.close()
    this.databases.service.replace(() => {})
    this.service.start()
    this.gateway.start()
  }

  /** The next thing happens. @throws Violation */
  async step(): Promise<void> {
    await this.timeline.step()
    if (this.#violation !== null) throw this.#violation
  }

  /** Something that no fault explains was thrown or logged. */
  readonly blame = (found: string): void => {
    this.accuse(new Violation('errors that a fault explains, and no others', found))
  }

  /** The first one is the one. */
  readonly accuse = (error: Error): void => {
    this.#violation ??= error
  }

  clockWasSet(): void {
    this.clockSetAt.push(this.timeline.now)
  }

  backUp(): void {
    const file = this.databases.gateway.file()
    if (!existsSync(file) || this.gateway.runtime === null) return
    this.#backups += 1
    backUp(file, this.#backup())
  }

  /** Nobody does so on a disk that refuses to write. */
  restore(): void {
    const { machines, databases } = this
    if (this.#backups === 0 || machines.gateway.trouble !== null) return
    this.restoredAt.push(this.timeline.now)
    machines.gateway.kill()
    databases.gateway.replace((path) => {
      const { outbox, late } = factsIn(path)
      for (const line of outbox) this.restored.set(keyOf(line), JSON.stringify(line.purchase))
      this.restoredLate.push(...late)
      this.#breakage.restore(this.#backup(), path, machines.gateway.clock())
      // As the command does with the real one.
      this.disk.clear(spoolFolder)
    })
  }

  /** Somebody copies the data of the account service while it runs. */
  backUpService(): void {
    if (!this.service.ready) return
    const path = join(this.folder, `service-backup-${this.#serviceCopies.length}.db`)
    backUp(this.databases.service.file(), path)
    this.#serviceCopies.push({ path, at: this.timeline.now })
  }

  restoreService(): void {
    const { machines, databases } = this
    if (this.#serviceCopies.length === 0 || machines.service.trouble !== null) return
    // Any of them: the latest may be gone with its disk.
    const copy = this.copying.pick(this.#serviceCopies)
    machines.service.kill()
    databases.service.replace((path) => {
      const before = factsOfFile(path, 'before')
      this.#breakage.restoreService(copy.path, path, machines.service.clock())
      this.#signInAgain(path)
      this.#forget(before, factsOfFile(path, 'after'), copy.at)
    })
  }

  /** Nobody is signed in after it. */
  #signInAgain(path: string): void {
    const now = this.machines.service.clock()
    usingAlone(path, (db) => {
      for (const customer of this.customers) db.prepare(signIn).run(...sessionOf(customer, now))
    })
  }

  /** The service has forgotten what it knew: not the provider, the stores, and the people. */
  #forget(before: Facts, after: Facts, copiedAt: number): void {
    const gone = missing(before, after)
    this.serviceRestores += 1
    this.billsForgotten += gone.trips.size
    this.forgotten = both(this.forgotten, before)
    for (const key of gone.asked.keys()) this.bank.forgotten.add(key)
    // Those that come again get other names, and another copy may have had another one.
    for (const trip of gone.trips.keys()) this.purchases.delete(nameIn(shop.id, trip))
    for (const [trip, id] of after.trips)
      if (this.purchases.has(nameIn(shop.id, trip))) this.purchases.set(nameIn(shop.id, trip), id)
    const refunds = [...gone.refunds.keys()].map((id) => nameIn(shop.id, id))
    this.office.serviceWasPutBack(refunds, copiedAt)
  }

  #isDisputed(tripId: string): boolean {
    const { asked } = this.forgotten
    return [...this.bank.disputed].some((key) => asked.get(key)?.trip === ownKey(shop.id, tripId))
  }

  #backup(): string {
    return join(this.folder, `backup-${this.#backups}.db`)
  }

  end(): void {
    for (const machine of Object.values(this.machines)) machine.end()
    for (const database of Object.values(this.databases)) database.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  #watcher(): Watcher {
    return {
      entering: (payload) => {
        this.#entering = payload
        this.gateOracle.entering(payload)
      },
      command: (topic, payload) => {
        this.#judge(() => this.gateOracle.commanded(topic, this.machines.gateway.shortForMs))
        this.links.shop.send('a command', () => this.visitors.commanded(topic, payload))
      },
      refused: ({ sentence, id }) => {
        this.timeline.note(sentence)
        if (id !== undefined) this.refused.add(id)
        else if (this.#entering !== null) this.#noteRefused(this.#entering)
      },
      told: (accounts) => this.gateOracle.told(accounts),
      committed: (ok) => this.gateOracle.committed(ok),
      starting: () => {
        this.deaths += 1
        this.#judge(() => this.gateOracle.starting(this.disk.peek(accountsFile)))
        if (this.timeline.now - (this.clockSetAt.at(-1) ?? 0) > 60_000)
          this.#judge(() => requireSpooled(this.devices, this.disk, this.timeline.now, this.restoredAt.at(-1) ?? 0))
      },
      blame: this.blame,
    }
  }

  #noteRefused(payload: Uint8Array): void {
    const { id } = JSON.parse(Buffer.from(payload).toString()) as { id?: string }
    if (id !== undefined) this.refused.add(id)
  }

  /** The service as the gateway reaches it; what it is promised there is kept. */
  #listening(): Listener {
    return async (request) => {
      const answer = await this.service.listener(request)
      if (request.method === 'POST' && request.body !== null && answer.status < 300) {
        const { idempotentShoppingTripId: trip } = JSON.parse(request.body) as { idempotentShoppingTripId: string }
        const parsed = parsePurchaseAnswer(JSON.parse(answer.body))
        if (parsed.ok) this.#promised(trip, parsed.value.purchaseId)
      }
      return answer
    }
  }

  #promised(trip: string, purchaseId: string): void {
    const known = this.purchases.get(trip) ?? purchaseId
    if (known !== purchaseId) this.accuse(new Violation(`trip ${trip} is purchase ${known}`, purchaseId))
    this.purchases.set(trip, purchaseId)
  }

  #judge(rule: () => void): void {
    try {
      rule()
    } catch (error) {
      this.accuse(error as Error)
    }
  }
}

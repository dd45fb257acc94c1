/** The in-store process, the one place where it is put together: bus, intake, engine, delivery, HTTP. */
import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'
import { createDelivery, type Delivery } from '../cloud-sync/delivery.ts'
import { ownSite } from '../cloud-sync/people/own-site.ts'
import { isLoopback } from '../cloud-sync/tls-server.ts'
import { startInference } from '../edge/inference/inference.ts'
import { unsentElsewhere } from '../edge/runtime/other-journals.ts'
import type { StoreRuntime } from '../edge/runtime/port.ts'
import { createStoreRuntime } from '../edge/runtime/runtime.ts'
import type { BillsFile } from '../models/contracts/bills.ts'
import type { Daily } from '../models/platform/daily.ts'
import type { AccountSource } from './accounts.ts'
import { type BillsBoard, createBillsBoard } from './bills-board.ts'
import { type Cameras, createCameras } from './cameras/cameras.ts'
import { createFrameDesk } from './cameras/frame-desk.ts'
import {
  type BrokerCertificates,
  certificateFolder,
  openBrokerCertificates,
} from './certificates/certificate-folder.ts'
import { ownNames } from './certificates/own-names.ts'
import { createSimulatedClock, createWallClock } from './clock.ts'
import type { Credential } from './credentials/credential.ts'
import { credentialFile } from './credentials/credential-book.ts'
import { createKeyring, type Keyring } from './credentials/keyring.ts'
import { controlDigestOf, simulatorCredentials } from './credentials/simulator-secrets.ts'
import { createDiskRoom, type DiskRoom } from './disk-room.ts'
import { openUsedCodes, type UsedCodes } from './entry/used-codes.ts'
import { billView, liveView } from './http/live-view.ts'
import { createMetrics, type Metrics } from './http/metrics.ts'
import { build } from './http/server.ts'
import { createIntake, type Intake } from './intake.ts'
import { createKnownAccounts } from './known-accounts.ts'
import type { Bus } from './mqtt/bus.ts'
import { createCredentialAccess } from './mqtt/credential-access.ts'
import { createEmbeddedBroker, type EmbeddedBus } from './mqtt/embedded-broker.ts'
import { createRemoteBroker } from './mqtt/remote-broker.ts'
import { createTrustingAccess } from './mqtt/trusting-access.ts'
import { isFromDevice, type Pace } from './pacing/pace.ts'
import { createSimulatedPace } from './pacing/simulated.ts'
import { createWallPace } from './pacing/wall.ts'
import { createPerception, type Perception, stopwatches } from './perception/perception.ts'
import { visionDevice, withVision } from './perception/vision-device.ts'
import { createRetention } from './retention.ts'
import { createSpool, type Spool } from './spool/spool.ts'
import { createDoor } from './staff/door.ts'
import { openStaffBook, type StaffBook, staffFile } from './staff/staff-book.ts'
import type { Ports, StoreProcess, StoreProcessOptions } from './store-process-options.ts'

export function createStoreProcess(options: StoreProcessOptions): StoreProcess {
  return new InStoreProcess(options)
}

const pages = fileURLToPath(new URL('./pages/dist', import.meta.url))

class InStoreProcess implements StoreProcess {
  readonly #options: StoreProcessOptions
  readonly #runtime: StoreRuntime
  readonly #bus: Bus
  #embedded: EmbeddedBus | null = null
  readonly #keyring: Keyring
  readonly #simulated = createSimulatedClock()
  readonly #wall = createWallClock()
  readonly #metrics: Metrics
  readonly #board: () => Promise<BillsBoard>
  readonly #commands = new Set<Promise<void>>()
  readonly #startedAt = performance.now()
  readonly #perception: Perception | null
  readonly #room: DiskRoom
  #intake: Intake | null = null
  #spool: Spool | null = null
  #usedCodes: UsedCodes | null = null
  #retention: Daily | null = null
  #pace: Pace | null = null
  readonly #desk = createFrameDesk()
  #cameras: Cameras | null = null
  #accounts: AccountSource | null = null
  #delivery: Delivery | null = null
  #staff: StaffBook | null = null
  #simulators: readonly Credential[] = []
  #http: FastifyInstance | null = null
  #stopping = false
  #unsentElsewhere: readonly string[] = []

  constructor(options: StoreProcessOptions) {
    const store = withVision(options.store)
    this.#options = { ...options, store }
    const { dataDir, log, policy } = options
    this.#runtime = createStoreRuntime({
      store,
      path: join(dataDir, `${store.id}.db`),
      log,
      beforeCommit: async () => this.#intake?.named(),
      ...(policy === undefined ? {} : { policy }),
    })
    this.#room = createDiskRoom({ folder: dataDir, inside: () => this.#runtime.view().shoppers.length, log })
    this.#board = createBillsBoard(this.#runtime)
    this.#keyring = this.#createKeyring()
    this.#bus = this.#createBus()
    this.#perception = this.#createPerception()
    this.#metrics = createMetrics({
      ingest: () => this.#running().ingest.stats(),
      now: () => this.#clock().now(),
      edgeTime: () => this.#runtime.view().time,
      problems: () => this.#problems().length,
      freeBytes: () => this.#room.freeBytes(),
      waitingBills: async () => (await this.#board()).waitingBills,
      frames: () => this.#desk.stats(),
      perception: () => this.#perception?.stats() ?? null,
    })
  }

  async start(): Promise<Ports> {
    const { dataDir, host, httpPort, store, simulatorSecrets = null, log } = this.#options
    await mkdir(dataDir, { recursive: true })
    this.#unsentElsewhere = unsentElsewhere(dataDir, store.id)
    for (const words of this.#unsentElsewhere) log.warn(words)
    this.#simulators = simulatorSecrets === null ? [] : simulatorCredentials(simulatorSecrets, store)
    await this.#runtime.start()
    await this.#room.start()
    const intake = this.#createIntake()
    this.#intake = intake
    const cameras = this.#createCameras(intake)
    this.#cameras = cameras
    const http = await this.#buildHttp(intake, cameras)
    this.#http = http
    await http.listen({ host, port: httpPort })
    await this.#startAccounts(intake)
    intake.restore()
    const pace = this.#createPace(intake)
    this.#pace = pace
    this.#bus.onMessage((message) => pace.take(message))
    this.#bus.beforeAcknowledging(async ({ topic, payload }) => {
      if (isFromDevice(this.#options.store.id, topic)) await intake.keep(topic, payload)
    })
    if (this.#options.brokerUrl === null) this.#keyring.start()
    await this.#bus.start()
    pace.start()
    cameras.start()
    this.#perception?.start()
    this.#startDelivery()
    this.#retention?.start()
    const address = http.server.address()
    const mqttTlsPort = this.#embedded?.tlsPort() ?? null
    return {
      mqttPort: this.#bus.port(),
      mqttTlsPort,
      httpPort: typeof address === 'object' && address ? address.port : httpPort,
    }
  }

  async stop(next?: 'of-another-time'): Promise<void> {
    this.#stopping = true
    this.#pace?.stop()
    await this.#accounts?.stop()
    await this.#perception?.stop()
    await this.#bus.stop()
    if (next !== undefined) this.#intake?.handOn()
    this.#keyring.stop()
    await this.#cameras?.stop()
    await this.#delivery?.stop()
    await this.#retention?.stop()
    this.#room.stop()
    await this.#runtime.stop()
    await this.#spool?.close()
    this.#usedCodes?.close()
    await this.#http?.close()
    await this.#staff?.close()
  }

  clockAheadMs(): number {
    return this.#options.clock === 'simulated' ? 0 : this.#wall.aheadMs()
  }

  #clock() {
    return this.#options.clock === 'simulated' ? this.#simulated : this.#wall
  }

  #running(): Intake {
    if (this.#intake === null) throw new Error('the store process is not started')
    return this.#intake
  }

  #createBus(): Bus {
    const { store, mqttPort, mqttTls = null, trustLocal = false, brokerUrl, log } = this.#options
    if (brokerUrl !== null) return createRemoteBroker({ url: brokerUrl, storeId: store.id, log })
    const strict = createCredentialAccess(store, (name) => this.#keyring.find(name))
    const trusting = createTrustingAccess(store)
    const bus = createEmbeddedBroker({
      storeId: store.id,
      access: { admit: (asked) => (trustLocal && !asked.overTls ? trusting : strict).admit(asked) },
      host: '127.0.0.1',
      port: mqttPort,
      ...(mqttTls === null ? {} : { tls: { ...mqttTls, certificates: () => this.#certificates() } }),
      log,
      now: () => this.#clock().now(),
      onViolation: () => this.#metrics.violation(),
    })
    this.#embedded = bus
    this.#keyring.onChange(() => bus.expel())
    return bus
  }

  #certificates(): Promise<BrokerCertificates> {
    const { store, dataDir } = this.#options
    return openBrokerCertificates(certificateFolder(dataDir), store.id, ownNames(), this.#wall.now())
  }

  #createKeyring(): Keyring {
    return createKeyring({ file: credentialFile(this.#options.dataDir), simulators: () => this.#simulators })
  }

  #createIntake(): Intake {
    const { store, log } = this.#options
    const spool = createSpool(join(this.#options.dataDir, 'spool'))
    this.#spool = spool
    const usedCodes = openUsedCodes(join(this.#options.dataDir, `${store.id}-entry-codes.db`))
    this.#usedCodes = usedCodes
    const onRemoved = this.#metrics.removed
    this.#retention = createRetention({ runtime: this.#runtime, usedCodes, clock: this.#clock(), onRemoved, log })
    return createIntake({
      store,
      runtime: this.#runtime,
      clock: this.#clock(),
      spool,
      usedCodes,
      shortage: () => this.#room.problem(),
      publish: (topic, payload) => this.#command(topic, payload),
      onAccepted: (accepted) => {
        this.#metrics.accepted(accepted)
        this.#cameras?.heard(accepted)
        if (accepted.kind === 'message' && accepted.event !== null) this.#perception?.heard(accepted.event)
      },
      onRejected: this.#metrics.rejected,
      log,
    })
  }

  #createCameras({ refuse }: Intake): Cameras {
    const { store, cameraLogins, log } = this.#options
    return createCameras({
      store,
      logins: cameraLogins ?? new Map(),
      desk: this.#desk,
      clock: this.#clock(),
      onRejected: refuse,
      log,
    })
  }

  #createPerception(): Perception | null {
    const { store, products = null, log } = this.#options
    return createPerception({
      store,
      products,
      frames: this.#desk,
      startInference,
      publish: (...message) => this.#bus.publish(...message),
      clock: this.#clock(),
      stopwatch: stopwatches[this.#options.clock],
      stepwise: this.#options.clock === 'simulated',
      boot: randomBytes(8).toString('hex'),
      log,
    })
  }

  /** Commands are QoS 1 and never retained (contract section 2). */
  #command(topic: string, payload: string): Promise<void> {
    const sent = this.#bus.publish(topic, payload, { qos: 1 })
    const settled = sent.catch(() => {}).finally(() => this.#commands.delete(settled))
    this.#commands.add(settled)
    return sent
  }

  #createPace({ ingest, pump }: Intake): Pace {
    const { store, clock, log } = this.#options
    if (clock === 'wall') return createWallPace(store.id, this.#wall, { ingest, pump })
    return createSimulatedPace({
      storeId: store.id,
      clock: this.#simulated,
      ownDevice: visionDevice(store),
      boot: randomBytes(8).toString('hex'),
      ingest,
      pump,
      publishProgress: (progress, retain) => void this.#tellProgress(JSON.stringify(progress), retain),
      warn: (message) => log.warn(message),
    })
  }

  /** After the commands of the step and the looks at its pictures, so that the simulator has them before it goes on. */
  async #tellProgress(progress: string, retain: boolean): Promise<void> {
    await Promise.all(this.#commands)
    await this.#perception?.settled()
    try {
      await this.#bus.publish(`tillfree/1/${this.#options.store.id}/gw/progress`, progress, { qos: 1, retain })
    } catch (error) {
      this.#options.log.warn(`the simulator could not be told of its step: ${(error as Error).message}`)
    }
  }

  async #startAccounts(intake: Intake): Promise<void> {
    const { store, dataDir, accountService, accounts: fixed, log } = this.#options
    this.#accounts = createKnownAccounts({
      storeId: store.id,
      storeName: store.name,
      service: accountService,
      dataDir,
      fixed,
      setAccounts: intake.setAccounts,
      runtime: this.#runtime,
      log,
    })
    await this.#accounts.start()
  }

  /** Delivery goes by the platform's clock even in simulated time: its waits are real. */
  #startDelivery(): void {
    const { accountService, log } = this.#options
    if (accountService === null) return
    const delivery = createDelivery({ source: this.#runtime, ...accountService, now: () => this.#wall.now(), log })
    this.#delivery = delivery
    this.#runtime.onChange(() => delivery.kick())
    delivery.start()
  }

  async #buildHttp(intake: Intake, cameras: Cameras): Promise<FastifyInstance> {
    const { store, dataDir, host, log } = this.#options
    const tls = isLoopback(host) ? null : (await this.#certificates()).broker
    const site = ownSite(null, tls !== null)
    const staff = await openStaffBook({ file: staffFile(dataDir), site, now: () => this.#wall.now() })
    this.#staff = staff
    const devices = () =>
      intake.registry.views(intake.ingest.stats().devices, this.#clock().now()).map((view) => cameras.withCamera(view))
    const live = async () =>
      liveView({
        storeId: store.id,
        problems: this.#problems(),
        notices: [...this.#unsentElsewhere, ...(this.#accounts?.notices() ?? [])],
        edge: this.#runtime.view(),
        ...(await this.#board()),
        devices: devices(),
        rejected: intake.tally.list(),
      })
    return build({
      store,
      problems: () => this.#problems(),
      live,
      devices,
      bills: async (limit) => (await this.#runtime.recentBills(limit)).map(billView),
      reviews: {
        one: (tripId) => this.#runtime.review(tripId),
        decide: (tripId, decision) => this.#runtime.decide({ tripId, ...decision }, this.#clock().now()),
      },
      late: {
        one: (id) => this.#runtime.lateCase(id),
        settle: (settled) => this.#runtime.settleLate(settled, this.#clock().now()),
      },
      billsFile: () => this.#billsFile(intake),
      still: (camera) => cameras.still(camera),
      staff,
      door: createDoor(staff, () => controlDigestOf(this.#simulators)),
      tls,
      metrics: this.#metrics,
      pages,
      now: () => performance.now(),
      log,
    })
  }

  #problems(): string[] {
    const journal = this.#runtime.problem()
    const spool = this.#intake?.problem() ?? null
    const shortage = journal === null && spool === null ? this.#room.problem() : null
    return [
      ...(this.#stopping ? ['the gateway is stopping'] : []),
      ...(this.#bus.connected() ? [] : ['there is no connection to the MQTT broker']),
      ...(journal === null ? [] : [`the journal cannot be written: ${journal}`]),
      ...(spool === null ? [] : [`messages cannot be kept on disk: ${spool}`]),
      ...(shortage === null ? [] : [shortage]),
    ]
  }

  async #billsFile({ ingest }: Intake): Promise<BillsFile> {
    const { bills, events } = await this.#runtime.history()
    const { messages, rejected, watermark } = ingest.stats()
    const first = events[0]?.ts
    const recordedMs = watermark === null || first === undefined ? 0 : Math.max(0, watermark - first)
    const stats = { messages, rejected, wallMs: performance.now() - this.#startedAt, recordedMs }
    return { store: this.#options.store.id, bills: [...bills], events: [...events], stats }
  }
}

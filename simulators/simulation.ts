/** The simulated shop with its devices on one virtual clock. Pure: what it says depends on its settings alone. */
import type { Account } from '../models/contracts/recording.ts'
import type { Device, Store } from '../models/contracts/store.ts'
import type { CameraConfig } from '../models/geometry/camera.ts'
import { StoreCamera } from './cameras/store-camera.ts'
import { deadCells, outages, reboots } from './faults.ts'
import { type AccountPool, FreshAccounts, type SimulatedAccount, shownCode } from './scenario/accounts.ts'
import type { Scenario } from './scenario/schema.ts'
import { type SetShop, setShop, type Things } from './scenario/things.ts'
import { accountOf, type Party, restockers, scripted, shoppers } from './scenario/visitors.ts'
import { Camera, type PictureSettings } from './sensors/camera.ts'
import { type DeviceSetting, SimulatedDevice } from './sensors/device.ts'
import { GateDevice } from './sensors/gate.ts'
import { type Arrival, Outbox } from './sensors/outbox.ts'
import { Receiver } from './sensors/receiver.ts'
import { ScalesController } from './sensors/scales.ts'
import { Tracker } from './sensors/tracker.ts'
import { type Identity, Person } from './world/person.ts'
import type { Process } from './world/scheduler.ts'
import { visit } from './world/visit.ts'
import { World } from './world/world.ts'

export interface SimulationSettings {
  readonly store: Store
  readonly scenario: Scenario
  readonly seed: number
  /** Virtual time at which it begins, milliseconds since the epoch. */
  readonly opens: number
  /** Who opens the gate: the gate itself for codes of the pool, or a gateway by `command`. */
  readonly gate: 'own' | 'gateway'
  readonly accounts: AccountPool
  /** Shoppers keep coming. */
  readonly endless: boolean
  /** Sets ids of this run apart from those of earlier runs against the same gateway; '' in a recording. */
  readonly run: string
  /** How the store's cameras take pictures; left out they take none. */
  readonly pictures?: PictureSettings | undefined
}

interface Sensor {
  readonly meta: Readonly<Record<string, unknown>>
  run?(): Process
  restart?(): void
}

/** The receivers and trackers of a real shop are up before its first customer. */
const warmUpMs = 2500

export class Simulation {
  readonly world: World
  readonly trackers: Tracker[] = []
  readonly devices: readonly string[]
  /** The account of everybody who has come in. */
  readonly accountByPerson = new Map<Person, Account>()
  private readonly settings: SimulationSettings
  private readonly shop: SetShop
  private readonly outbox = new Outbox()
  private readonly gates = new Map<string, GateDevice>()
  private readonly codes = new Set<string>()
  /** Visits still to end, the stream of arrivals counted as one. */
  private expected = 0
  private gone = 0
  private staffOnDuty = true

  constructor(settings: SimulationSettings) {
    const { scenario, seed, opens } = settings
    this.settings = settings
    this.shop = setShop(scenario, settings.store, seed)
    this.world = new World(this.shop.store, seed, opens - warmUpMs, this.shop.planogram)
    this.devices = settings.store.devices.map(({ id }) => id)
  }

  /** Puts devices and people on the clock; once. */
  start(): void {
    const { scenario, store, seed, opens, endless } = this.settings
    const context = { scenario, store, things: this.things, opens }
    for (const device of store.devices) if (this.isPlayed(device)) this.connect(device)
    for (const party of scripted(context, seed)) this.admit(party)
    this.world.scheduler.spawn(this.arrivals(shoppers(context, seed, endless)), opens)
    this.world.scheduler.spawn(this.staff(restockers(scenario, opens)), opens)
  }

  /** The people whose acts the scenario writes down. */
  get people(): Scenario['people'] {
    return this.settings.scenario.people
  }

  /** The things that the scenario names with a `$`, where they really are. */
  get things(): Things {
    return this.shop.things
  }

  /** Lets virtual time go on; returns what has arrived by then, in order. */
  step(until: number): Arrival[] {
    this.world.scheduler.runUntil(until)
    return this.outbox.drain(until)
  }

  /** Virtual time of the opening; devices start a little earlier. */
  get opens(): number {
    return this.settings.opens
  }

  get now(): number {
    return this.world.now
  }

  /** Everybody who was to come has come and gone. */
  get isOver(): boolean {
    return this.expected === 0 && this.now > this.settings.opens
  }

  /** How many are to come, besides staff who restock. */
  get visitors(): number {
    const { shoppers, people } = this.settings.scenario
    return shoppers.count + people.length
  }

  /** How many parties have left. */
  get partiesGone(): number {
    return this.gone
  }

  /** A gateway's `cmd/open`. */
  open(gate: string, txn: string, expiresAt: number): void {
    this.gates.get(gate)?.command(txn, expiresAt)
  }

  private isPlayed({ kind }: Device): boolean {
    return kind !== 'tracker' || this.settings.pictures?.insteadOfTracker !== true
  }

  private connect(device: Device): void {
    const { scenario, seed, opens, run } = this.settings
    const setting: DeviceSetting = {
      seed,
      network: scenario.network,
      outbox: this.outbox,
      scheduler: this.world.scheduler,
      run,
    }
    const simulated = new SimulatedDevice(device.id, setting, scenario.faults.clockAheadMs[device.id] ?? 0)
    const sensor = this.sensorOf(device, simulated)
    const restart = (): void => {
      sensor.restart?.()
      simulated.start(sensor.meta)
    }
    simulated.start(sensor.meta)
    const { scheduler } = this.world
    const running = sensor.run?.()
    if (running !== undefined) scheduler.spawn(running)
    scheduler.spawn(simulated.telemetry())
    scheduler.spawn(outages(simulated, scenario.faults, opens, restart))
    scheduler.spawn(reboots(simulated, scenario.faults, restart), opens)
  }

  private sensorOf(device: Device, simulated: SimulatedDevice): Sensor {
    const { scenario, seed, opens, run } = this.settings
    switch (device.kind) {
      case 'shelf':
        return new ScalesController(simulated, this.world, scenario.scales, seed, deadCells(scenario.faults, opens))
      case 'tracker': {
        const tracker = new Tracker(simulated, this.world, scenario.tracker, seed, run)
        this.trackers.push(tracker)
        return tracker
      }
      case 'receiver':
        return new Receiver(simulated, device.position, this.world, scenario.beacons, seed)
      case 'gate': {
        const gate = new GateDevice(simulated, this.settings.gate === 'own' ? this.codes : null)
        this.gates.set(device.id, gate)
        this.world.gate ??= gate
        return gate
      }
      case 'camera':
        return this.cameraOf(device, simulated)
      default:
        return { meta: { model: `simulated ${device.kind}`, firmware: '1.0', channels: [] } }
    }
  }

  private cameraOf(device: CameraConfig, simulated: SimulatedDevice): Sensor {
    const { pictures, seed } = this.settings
    if (pictures === undefined) return { meta: { model: 'simulated camera', firmware: '1.0', channels: [] } }
    return new Camera(simulated, new StoreCamera(device, this.world, seed, pictures.prints), pictures.framesPerSecond)
  }

  private *arrivals(parties: Generator<Party>): Process {
    this.expected++
    for (const party of parties) {
      yield party.arrives
      this.admit(party)
    }
    this.expected--
    this.staffOnDuty = false
  }

  /** Staff come for as long as shoppers do. */
  private *staff(parties: Generator<Party>): Process {
    for (const party of parties) {
      yield party.arrives
      if (!this.staffOnDuty) return
      this.admit(party)
    }
  }

  private admit(party: Party): void {
    const { world } = this
    this.expected++
    world.scheduler.spawn(this.host(party), party.arrives)
  }

  /** Waits until there is an account where one is needed, then lets everybody in one after the other. */
  private *host(party: Party): Process {
    const { store, accounts } = this.settings
    let account = accountOf(party, store, accounts)
    while (account === null && store.entry === 'gated') {
      yield this.now + 1000
      account = accountOf(party, store, accounts)
    }
    for (const code of account?.codes ?? []) this.codes.add(code)
    let left = party.members.length
    const people: Person[] = []
    const onEnd = (): void => {
      left--
      if (left > 0) return
      this.expected--
      this.gone++
      if (account !== null) accounts.giveBack(account)
      if (this.settings.endless) this.forget(people)
    }
    for (const [i, member] of party.members.entries()) {
      const person = this.personOf(party, member.name, i === 0 || store.entry === 'gated' ? account : null, i === 0)
      people.push(person)
      this.world.scheduler.spawn(visit(this.world, { person, acts: member.acts, onEnd }))
      yield this.now + 1500
    }
  }

  /** A shop that never closes would fill the memory with those who have left. */
  private forget(people: readonly Person[]): void {
    this.world.ledger.forget(people)
    for (const person of people) {
      this.accountByPerson.delete(person)
      for (const { ids } of this.trackers) ids.forget(person)
    }
  }

  private personOf(party: Party, name: string, account: SimulatedAccount | null, first: boolean): Person {
    const { store, seed } = this.settings
    const identity: Identity = {
      name,
      staff: party.staff,
      account: account?.id ?? null,
      code: account !== null && (store.entry === 'gated' || party.staff) ? shownCode(account) : null,
      beacon: first && party.withAccount ? (account?.beacon ?? null) : null,
    }
    const way = party.staff ? this.world.backRoom : this.world.door
    const person = new Person(identity, seed, way.outer, this.now)
    if (account !== null) this.accountByPerson.set(person, account)
    return person
  }
}

/** A simulation whose gate and accounts are its own: what a recording needs. */
export function standalone(
  store: Store,
  scenario: Scenario,
  seed: number,
  pictures?: PictureSettings,
): { simulation: Simulation; accounts: FreshAccounts } {
  const accounts = new FreshAccounts()
  const opens = Date.parse(scenario.opens)
  const rest = { gate: 'own', accounts, endless: false, run: '', pictures } as const
  const simulation = new Simulation({ store, scenario, seed, opens, ...rest })
  return { simulation, accounts }
}

/** A Bluetooth receiver: what it hears of the phones in the shop, a second's packets in one message. */
import type { Position } from '../../models/contracts/units.ts'
import { Random } from '../random.ts'
import type { BeaconOptions } from '../scenario/schema.ts'
import type { Person } from '../world/person.ts'
import type { Process } from '../world/scheduler.ts'
import type { World } from '../world/world.ts'
import type { SimulatedDevice } from './device.ts'

const reportMs = 1000
const latencyMs = 60
/** Height of a phone in a pocket, metres. */
const phoneHeight = 0.9
/** What an iBeacon says of its own power at 1 m. */
const measuredPower = -59
/** Phones change their address every quarter of an hour. */
const addressMs = 900_000

export class Receiver {
  readonly meta = { model: 'simulated receiver', firmware: '1.0', channels: ['event/adv'] }
  private readonly device: SimulatedDevice
  private readonly position: Position
  private readonly world: World
  private readonly options: BeaconOptions
  private readonly seed: number

  constructor(device: SimulatedDevice, position: Position, world: World, options: BeaconOptions, seed: number) {
    this.device = device
    this.position = position
    this.world = world
    this.options = options
    this.seed = seed
  }

  *run(): Process {
    yield this.device.now + this.device.random.range(0, reportMs)
    for (;;) {
      const advs = this.world.people.flatMap((person) => (person.identity.staff ? [] : this.hear(person)))
      if (advs.length > 0) this.device.send('event/adv', { advs }, this.device.now, latencyMs)
      yield this.device.now + reportMs
    }
  }

  /** Half of the variance is the place's (body and shelves in the way), half is each packet's own. */
  private hear(person: Person): unknown[] {
    const { random, now } = this.device
    const { sigmaDb, packetsPerSecond } = this.options
    const mean = this.meanPower(person) + random.normal(0, sigmaDb * Math.SQRT1_2)
    const beacon = person.identity.beacon
    return Array.from({ length: poisson(random, packetsPerSecond) }, () => ({
      address: this.address(person, now),
      rssi: Math.max(-105, Math.round(mean + random.normal(0, sigmaDb * Math.SQRT1_2))),
      ...(beacon === null ? {} : { beacon: { kind: 'ibeacon', ...beacon, measuredPower } }),
    }))
  }

  private meanPower(person: Person): number {
    const [x, y] = person.walk.position(this.device.now)
    const [rx, ry, rz] = this.position
    const metres = Math.max(0.3, Math.hypot(x - rx, y - ry, phoneHeight - rz))
    return this.options.powerDbm - 10 * this.options.exponent * Math.log10(metres)
  }

  private address(person: Person, now: number): string {
    const random = new Random(this.seed, `address/${person.identity.name}/${Math.floor(now / addressMs)}`)
    return Array.from({ length: 6 }, () => random.int(0, 255).toString(16).padStart(2, '0')).join(':')
  }
}

/** Knuth's method; the means here are small. */
function poisson(random: Random, mean: number): number {
  const limit = Math.exp(-mean)
  let count = 0
  for (let left = random.next(); left > limit; left *= random.next()) count++
  return count
}

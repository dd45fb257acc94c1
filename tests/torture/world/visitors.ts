/** Who comes into the shop: they scan, walk in when the gate opens, take things and put some back, and walk out. */
import { parseTopic } from '../../../models/contracts/topics.ts'
import type { Random } from '../../../simulators/random.ts'
import type { Device } from './device.ts'
import type { Customer } from './service.ts'
import { door, type Plate, plates, plateY, shop } from './shop.ts'
import type { Timeline } from './timeline.ts'

const frameMs = 200
const metresPerMs = 0.003
/** A hand is at a plate for so long, and the plate stands still again after it. */
const reachMs = 1500
/** Changes of a plate that are nearer to each other may be told as one. */
const restMs = 6000
/** Who is not let in after so long tries once more, and goes away then. */
const patienceMs = 8000
/** Somebody at the door takes a picture of a phone's code, and tries it while it is still of now. */
const copiedOneIn = 2
const longestCopyMs = 40_000

interface Visitor {
  readonly name: string
  x: number
  y: number
  hand: Plate | null
}

/** Of a device, what people cause it to do. */
type Sensor = Pick<Device, 'now' | 'tell' | 'mention'>

interface Devices {
  readonly gate: Sensor
  readonly tracker: Sensor
  readonly shelves: ReadonlyMap<string, Sensor>
}

/** Virtual or real. */
export type Time = Pick<Timeline, 'now' | 'after'>

export class Visitors {
  readonly #timeline: Time
  readonly #random: Random
  readonly #devices: Devices
  readonly #inside = new Set<Visitor>()
  readonly #freeAt = new Map<string, number>()
  readonly #atGate: (() => void)[] = []
  readonly #commands = new Set<string>()
  #changes = 0
  #names = 0
  /** How many were let in, by account. */
  readonly admitted = new Map<string, number>()
  present = 0

  constructor(timeline: Time, random: Random, devices: Devices) {
    this.#timeline = timeline
    this.#random = random
    this.#devices = devices
    this.#film()
  }

  /** A command reaches the gate, perhaps again. */
  commanded(topic: string, payload: string): void {
    const { txn } = JSON.parse(payload) as { txn: string }
    if (parseTopic(topic)?.channel !== 'cmd/open' || this.#commands.has(txn)) return
    this.#commands.add(txn)
    this.#atGate.shift()?.()
  }

  come(customer: Customer): void {
    this.present += 1
    this.#scan(customer, 2)
  }

  #scan(customer: Customer, triesLeft: number): void {
    if (triesLeft === 0) this.#gone()
    else this.#waitAtGate(customer, triesLeft)
  }

  #waitAtGate(customer: Customer, triesLeft: number): void {
    this.#show(customer)
    let waiting = true
    const walkIn = () => {
      waiting = false
      this.#enter(customer)
    }
    this.#atGate.push(walkIn)
    this.#after(patienceMs, `${customer.id} loses patience`, () => {
      if (!waiting) return
      this.#atGate.splice(this.#atGate.indexOf(walkIn), 1)
      this.#scan(customer, triesLeft - 1)
    })
  }

  #show({ id, code: card, phone }: Customer): void {
    const { gate } = this.#devices
    const code = phone?.show(shop.id, gate.now()) ?? card
    gate.tell('event/scan', { code })
    if (phone === null || this.#random.int(1, copiedOneIn) !== 1) return
    this.#after(this.#random.range(500, longestCopyMs), `somebody copies ${id}`, () =>
      gate.tell('event/scan', { code }),
    )
  }

  #enter({ id }: Customer): void {
    this.admitted.set(id, (this.admitted.get(id) ?? 0) + 1)
    this.#names += 1
    const visitor: Visitor = { name: `t${this.#names}`, ...door, hand: null }
    this.#devices.gate.tell('event/passage', { direction: 'in' })
    this.#inside.add(visitor)
    this.#after(1000, `${visitor.name} is in`, () => this.#goOn(visitor, this.#random.int(1, 4)))
  }

  #goOn(visitor: Visitor, stopsLeft: number): void {
    const plate = this.#random.pick(plates)
    if (stopsLeft === 0) this.#walk(visitor, door.x, door.y, () => this.#leave(visitor))
    else this.#walk(visitor, plate.x, plateY - 0.6, () => this.#reach(visitor, plate, stopsLeft))
  }

  #reach(visitor: Visitor, plate: Plate, stopsLeft: number): void {
    visitor.hand = plate
    this.#after(reachMs / 2, `${visitor.name} reaches for ${plate.cell}`, () => {
      if ((this.#freeAt.get(plate.cell) ?? 0) <= this.#timeline.now) this.#change(plate)
      this.#after(reachMs / 2, `${visitor.name} goes on`, () => {
        visitor.hand = null
        this.#goOn(visitor, stopsLeft - 1)
      })
    })
  }

  #change({ cell, device, massGrams }: Plate): void {
    this.#freeAt.set(cell, this.#timeline.now + restMs)
    const teller = this.#devices.shelves.get(device)
    const at = teller?.now() ?? 0
    const count = this.#random.weighted({ '-1': 7, '-2': 2, '1': 2 })
    // Milligrams that no other change has, so that each is known again.
    this.#changes += 1
    const deltaGrams = Number(count) * massGrams + this.#changes / 1000
    this.#after(400, `${cell} settles`, () =>
      teller?.tell('event/weight', { cell, deltaGrams, sdGrams: 1, from: at - 200, to: at + 100 }),
    )
  }

  #leave(visitor: Visitor): void {
    this.#devices.gate.tell('event/passage', { direction: 'out' })
    this.#after(600, `${visitor.name} is out`, () => {
      this.#inside.delete(visitor)
      this.#gone()
    })
  }

  #gone(): void {
    this.present -= 1
  }

  #walk(visitor: Visitor, x: number, y: number, then: () => void): void {
    const [fromX, fromY, began] = [visitor.x, visitor.y, this.#timeline.now]
    const takesMs = Math.hypot(x - fromX, y - fromY) / metresPerMs
    const move = () => {
      const share = takesMs === 0 ? 1 : Math.min(1, (this.#timeline.now - began) / takesMs)
      visitor.x = fromX + share * (x - fromX)
      visitor.y = fromY + share * (y - fromY)
      if (share < 1) this.#after(frameMs, `${visitor.name} walks`, move)
      else then()
    }
    move()
  }

  /** What the tracker sees, with nobody there once a second. */
  #film(): void {
    const pause = this.#inside.size === 0 ? 1000 : frameMs
    this.#after(pause, 'the tracker looks', () => {
      this.#devices.tracker.mention('raw/targets', { targets: [...this.#inside].map(targetOf) })
      this.#film()
    })
  }

  #after(ms: number, what: string, run: () => void): void {
    this.#timeline.after(ms, what, run)
  }
}

function targetOf({ name, x, y, hand }: Visitor): object {
  const rightWrist = hand === null ? [x + 0.2, y - 0.1, 0.9, 0.9] : [hand.x, plateY - 0.1, 1.1, 0.9]
  return { id: name, joints: { neck: [x, y, 1.5, 0.9], head: [x, y, 1.7, 0.9], rightWrist } }
}

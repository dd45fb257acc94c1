/** What every device shares: its envelope, its clock, the network that loses and delays, its life of starts and ends. */
import { qosOf } from '../../models/contracts/topics.ts'
import type { Frame } from '../cameras/frame.ts'
import { Random } from '../random.ts'
import type { NetworkOptions } from '../scenario/schema.ts'
import type { Process, Scheduler } from '../world/scheduler.ts'
import type { Outbox, Payload } from './outbox.ts'

export interface DeviceSetting {
  readonly seed: number
  readonly network: NetworkOptions
  readonly outbox: Outbox
  readonly scheduler: Scheduler
  /** Sets the boots of this run apart from those of another run against the same gateway; '' in a recording. */
  readonly run: string
}

/** A broker takes about a tenth of a second to hear that a connection is gone. */
const willDelayMs = 200
const telemetryMs = 60_000

export class SimulatedDevice {
  readonly id: string
  readonly random: Random
  up = false
  private readonly setting: DeviceSetting
  private readonly clockErrorMs: number
  private boots = 0
  private seq = 0
  private startedAt = 0
  private lastArrival = 0

  constructor(id: string, setting: DeviceSetting, clockAheadMs: number) {
    this.id = id
    this.setting = setting
    this.random = new Random(setting.seed, `device/${id}`)
    this.clockErrorMs = clockAheadMs + this.random.normal(0, setting.network.clockErrorMs)
  }

  get now(): number {
    return this.setting.scheduler.now
  }

  start(meta: Readonly<Record<string, unknown>>): void {
    this.boots++
    this.seq = 0
    this.startedAt = this.now
    this.up = true
    this.arrive({ text: 'online' }, 'status', this.now + 20)
    this.send('meta', meta, this.now, 25)
  }

  /** Power or network is gone: nothing more is sent, and the broker tells its last will. */
  fail(): void {
    this.up = false
    this.arrive({ text: 'offline' }, 'status', this.now + willDelayMs)
  }

  /** Sends a message whose data were true at `measuredAt`; it takes `latencyMs` to the broker. */
  send(channel: string, data: unknown, measuredAt: number, latencyMs: number): void {
    if (this.up) this.transmit(channel, { json: this.envelope(channel, data, measuredAt) }, latencyMs)
  }

  /** The same with a picture of that time; it says when it was taken by the device's own clock. */
  sendPicture(picture: Frame, latencyMs: number): void {
    const takenAtMs = Math.round(picture.takenAtMs + this.clockErrorMs)
    if (this.up) this.transmit('raw/frame', { picture: { ...picture, takenAtMs } }, latencyMs)
  }

  private transmit(channel: string, payload: Payload, latencyMs: number): void {
    const { network } = this.setting
    if (qosOf(channel) === 0 && this.random.chance(network.lossShare)) return
    const due = this.now + latencyMs
    const late = this.random.chance(network.lateShare) ? this.random.range(0.1, 1) * network.lateSeconds * 1000 : 0
    const twice = this.random.chance(network.duplicateShare)
    this.arrive(payload, channel, due, late)
    if (twice) this.arrive(payload, channel, due, late + this.random.range(5, 500))
  }

  /** A minute's pulse: battery, signal, uptime. */
  *telemetry(): Process {
    for (;;) {
      yield this.now + telemetryMs
      const rssi = Math.round(this.random.normal(-58, 4))
      this.send('tele', { rssi, uptime: Math.round(this.now - this.startedAt) }, this.now, 30)
    }
  }

  private envelope(channel: string, data: unknown, measuredAt: number): unknown {
    const boot = `${this.setting.run}b${this.boots}`
    const seq = this.seq++
    const ts = Math.round(measuredAt + this.clockErrorMs)
    const named = channel.startsWith('event/') ? { id: `${this.id}-${boot}-${seq}` } : {}
    return { v: 1, ...named, ts, boot, seq, data }
  }

  /** One connection delivers in order; what is late, or comes a second time, does not hold up the rest. */
  private arrive(payload: Payload, channel: string, due: number, late = 0): void {
    const inOrder = Math.max(due, this.lastArrival)
    if (late === 0) this.lastArrival = inOrder
    this.setting.outbox.push({ t: Math.round(inOrder + late), device: this.id, channel, payload })
  }
}

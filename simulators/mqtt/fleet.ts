/** All devices of a shop on the broker. */
import type { MqttSecrets } from '../../models/contracts/mqtt-secrets.ts'
import { compressed } from '../cameras/jpeg.ts'
import type { Arrival, Sent } from '../sensors/outbox.ts'
import { DeviceClient } from './device-client.ts'

export interface FleetOptions {
  readonly url: string
  readonly store: string
  readonly devices: readonly string[]
  /** By user name, where the broker wants them. */
  readonly secrets?: MqttSecrets | undefined
  /** Commands by device; left out where another connection listens for them all. */
  readonly onCommand?: (device: string, name: string, body: unknown) => void
}

export class Fleet {
  private readonly clients: ReadonlyMap<string, DeviceClient>

  constructor({ url, store, devices, secrets, onCommand }: FleetOptions) {
    this.clients = new Map(
      devices.map((device) => {
        const own = onCommand === undefined ? undefined : (name: string, body: unknown) => onCommand(device, name, body)
        return [device, new DeviceClient({ url, store, device, secrets, onCommand: own })]
      }),
    )
  }

  /** Sends messages, those of a device in order; resolves with how many the broker passes on. */
  async publish(arrivals: readonly Arrival[]): Promise<number> {
    const byDevice = new Map<string, Arrival<Sent>[]>()
    for (const arrival of await compressed(arrivals))
      byDevice.set(arrival.device, [...(byDevice.get(arrival.device) ?? []), arrival])
    const counts = await Promise.all([...byDevice].map(([device, own]) => this.publishFor(device, own)))
    return counts.reduce((sum, count) => sum + count, 0)
  }

  /** Whether every device that is switched on has its connection. */
  get isConnected(): boolean {
    return [...this.clients.values()].every((client) => !client.isOn || client.isConnected)
  }

  async stop(): Promise<void> {
    await Promise.all([...this.clients.values()].map((client) => client.stop()))
  }

  private async publishFor(device: string, arrivals: readonly Arrival<Sent>[]): Promise<number> {
    const client = this.clients.get(device)
    if (client === undefined) return 0
    // One connection keeps the order by itself; only a change of its state must be over before what follows.
    const sent: Promise<boolean>[] = []
    for (const arrival of arrivals) {
      const one = client.publish(arrival)
      sent.push(one)
      if (arrival.channel === 'status') await one
    }
    return (await Promise.all(sent)).filter(Boolean).length
  }
}

/** Runs a simulated shop against a gateway over MQTT, step by step of virtual time. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { MqttSecrets } from '../../models/contracts/mqtt-secrets.ts'
import { obey } from '../mqtt/commands.ts'
import { Fleet } from '../mqtt/fleet.ts'
import { TimeLink } from '../mqtt/time-link.ts'
import type { Simulation } from '../simulation.ts'

export interface DriveOptions {
  readonly mqtt: string
  /** By user name, where the broker wants them. */
  readonly secrets?: MqttSecrets | undefined
  readonly simulation: Simulation
  /** Milliseconds since the epoch at which virtual time begins. */
  readonly opens: number
  /** How many times faster than the wall; null for as fast as it goes. */
  readonly speed: number | null
  /** Called after each step with the virtual time; may restart the gateway. */
  readonly onStep?: (now: number) => Promise<void> | void
}

export interface DriveSummary {
  readonly messages: number
  readonly virtualMs: number
  readonly gatewayRestarts: number
}

export const stepMs = 200
/** Bills wait for what could still arrive; a minute after the last exit all are settled. */
const tailMs = 60_000
/** People who wait for each other for ever end here: a day. */
const longestMs = 86_400_000
/** Looks this often whether the devices have found a restarted gateway again. */
const lookMs = 20

export async function drive(options: DriveOptions): Promise<DriveSummary> {
  const { simulation, mqtt: url, secrets } = options
  const store = simulation.world.store.id
  const onCommand = (device: string, name: string, body: unknown): void => obey(simulation, device, name, body)
  const link = new TimeLink({ url, store, secrets, onCommand })
  const fleet = new Fleet({ url, store, secrets, devices: simulation.devices })
  await link.start()
  try {
    simulation.start()
    return await steps(options, link, fleet)
  } finally {
    await fleet.stop()
    await link.stop()
  }
}

async function steps(options: DriveOptions, link: TimeLink, fleet: Fleet): Promise<DriveSummary> {
  const { simulation, opens, speed } = options
  const started = performance.now()
  let counted = 0
  let messages = 0
  let gatewayRestarts = 0
  let end = opens + longestMs
  for (let now = opens; now <= end; now += stepMs) {
    const sent = await fleet.publish(simulation.step(now))
    messages += sent
    counted += sent
    const answer = await link.step(now, counted)
    if (answer.restarted) {
      gatewayRestarts++
      counted = await recount(link, fleet, now)
    }
    await options.onStep?.(now)
    if (end === opens + longestMs && simulation.isOver) end = now + tailMs
    if (speed !== null) await sleep(Math.max(0, started + (now - opens) / speed - performance.now()))
  }
  return { messages, virtualMs: simulation.now - opens, gatewayRestarts }
}

/** After a restart the gateway counts from 0; what devices said when they found it again is counted by it alone. */
async function recount(link: TimeLink, fleet: Fleet, now: number): Promise<number> {
  while (!fleet.isConnected) await sleep(lookMs)
  return (await link.step(now, 0)).received
}

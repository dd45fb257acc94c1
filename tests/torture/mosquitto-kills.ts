/** The same shelves and the same kills, with Mosquitto and its own persistence in the place of the gateway, for comparison. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { connect } from 'mqtt'
import { freePort, startMosquitto } from '../../gateway/testing/mosquitto.ts'
import { Random } from '../../simulators/random.ts'
import { devices, longestMs } from './kills.ts'
import { Shelf } from './shelf.ts'

/** Lines of `mosquitto.conf`, mosquitto.conf(5). */
const persistence = {
  /** Written every half hour, and when it is stopped. */
  usual: ['persistence true'],
  /** Written anew after each message. */
  eager: ['persistence true', 'autosave_on_changes true', 'autosave_interval 1'],
} as const

export type Persistence = keyof typeof persistence

export interface BrokerFigures {
  readonly kills: number
  readonly acknowledged: number
  /** Acknowledged to a shelf, and never brought to a subscriber with a session that lasts. */
  readonly lost: number
}

const everything = 'tillfree/1/kills/#'
const endTopic = 'tillfree/1/kills/end'

/** Throws where Mosquitto is not installed. */
export async function killMosquitto(kills: number, seed: number, how: Persistence): Promise<BrokerFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'tillfree-mosquitto-kills-'))
  const port = await freePort()
  const random = new Random(seed, 'kills')
  const shelves = devices.map((device) => new Shelf(device))
  const brought = new Set<string>()
  // Nothing is dropped because the subscriber is away for long. Started by root it would not be root any more, and could not write.
  const settings = ['user root', ...persistence[how], `persistence_location ${folder}/`, 'max_queued_messages 0']
  const started = () => startMosquitto({ port, settings })
  try {
    // The session itself is on disk before the first kill.
    const first = await started()
    await bring(first.url, brought)
    await first.stop()
    for (let gateway = 0; gateway < kills; gateway++) {
      const broker = await started()
      await bring(broker.url, brought)
      const reporting = Promise.all(shelves.map((shelf) => shelf.report(broker.url, gateway)))
      await pause(random.int(100, longestMs))
      await broker.kill()
      for (const shelf of shelves) shelf.stop()
      await reporting
    }
    const last = await started()
    await bring(last.url, brought)
    await last.stop()
    const acknowledged = shelves.flatMap(({ changes }) => changes.filter((change) => change.acknowledged !== null))
    const lost = acknowledged.filter(({ payload }) => !brought.has(payload)).length
    return { kills, acknowledged: acknowledged.length, lost }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Gets all that waits for a subscriber with a session that lasts, in the order in which it was said; the last is our own. */
async function bring(url: string, brought: Set<string>): Promise<void> {
  const client = connect(url, { clientId: 'till', clean: false, reconnectPeriod: 0 })
  const ended = new Promise<void>((resolve) => {
    client.on('message', (topic, payload) => {
      if (topic === endTopic) resolve()
      else brought.add(payload.toString())
    })
  })
  await new Promise<void>((resolve) => client.once('connect', () => resolve()))
  await client.subscribeAsync(everything, { qos: 1 })
  await client.publishAsync(endTopic, '', { qos: 1 })
  await ended
  await client.endAsync()
}

/**
 * A real gateway that is killed again and again (SIGKILL) while a shelf reports changes: what was acknowledged must be in the
 * journal in the end, once. The shelf says again what was not acknowledged, as devices do.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { connectAsync, type MqttClient } from 'mqtt'
import type { Observation } from '../../edge/observations.ts'
import { openJournalStore } from '../../edge/runtime/journal-store.ts'
import { freePort } from '../../gateway/testing/mosquitto.ts'
import type { Store } from '../../models/contracts/store.ts'
import { Random } from '../../simulators/random.ts'
import { type Child, startChild } from '../../simulators/run/child.ts'

export interface KillFigures {
  readonly kills: number
  readonly acknowledged: number
  /** Acknowledged, and in no observation. */
  readonly lost: number
  /** In two observations. */
  readonly doubled: number
}

/** Far apart, so that no two changes are taken for one; a plate is used again after 20 s. */
const plates = 200
const everyMs = 100
/** A hold of six seconds and what a plate needs to be steady, with some to spare. */
const settleMs = 20_000
const gateway = new URL('../../gateway/main.ts', import.meta.url).pathname

interface Change {
  readonly cell: string
  readonly deltaGrams: number
  readonly payload: string
  isAcknowledged: boolean
}

/** `onKill` is told after each. Takes some seconds a kill. */
export async function kill(kills: number, seed: number, onKill: (done: number) => void): Promise<KillFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'tillfree-kills-'))
  const shelf = new Shelf(await freePort())
  const random = new Random(seed, 'kills')
  writeFileSync(join(folder, 'store.json'), JSON.stringify(shopOf()))
  try {
    for (let done = 0; done < kills; done++) {
      const child = await started(folder, shelf.port)
      await Promise.race([pause(random.int(100, 2500)), shelf.report()])
      await child.kill()
      shelf.stop()
      onKill(done + 1)
    }
    const child = await started(folder, shelf.port)
    const reporting = shelf.report()
    while (!shelf.isDone()) await pause(50)
    await pause(settleMs)
    shelf.stop()
    await reporting
    await child.stop()
    return { kills, ...figuresOf(shelf.changes, observed(join(folder, 'data', 'kills.db'))) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A device with a memory: each change is said until it is acknowledged, oldest first. */
class Shelf {
  readonly changes: Change[] = []
  readonly port: number
  readonly #boot = `b${process.pid}`
  #client: MqttClient | null = null
  #lost: Promise<false> = Promise.resolve(false)
  #stopped = false
  #finishing = false

  constructor(port: number) {
    this.port = port
  }

  stop(): void {
    this.#stopped = true
    this.#client?.end(true)
  }

  /** From now on nothing new is said. True when all was acknowledged. */
  isDone(): boolean {
    this.#finishing = true
    return this.changes.every(({ isAcknowledged }) => isAcknowledged)
  }

  /** Resolves when it is stopped; a connection that is lost is the end, until it is called again. */
  async report(): Promise<void> {
    this.#stopped = false
    const client = await this.#connected()
    if (client === null) return
    const waiting = this.changes.filter(({ isAcknowledged }) => !isAcknowledged)
    while (!this.#stopped) {
      const change = waiting.shift() ?? (this.#finishing ? null : this.#next())
      if (change !== null) await this.#say(client, change)
      await pause(everyMs)
    }
  }

  async #connected(): Promise<MqttClient | null> {
    try {
      const client = await connectAsync(`mqtt://127.0.0.1:${this.port}`, { clientId: 'g1', reconnectPeriod: 0 })
      client.on('error', () => {})
      this.#lost = new Promise((resolve) => client.once('close', () => resolve(false)))
      this.#client = client
      return client
    } catch {
      return null
    }
  }

  async #say(client: MqttClient, change: Change): Promise<void> {
    const topic = 'tillfree/1/kills/dev/g1/event/weight'
    const told = client.publishAsync(topic, change.payload, { qos: 1 }).then(() => true)
    change.isAcknowledged = await Promise.race([told, this.#lost]).catch(() => false)
  }

  #next(): Change {
    const seq = this.changes.length
    const cell = `c${seq % plates}`
    const ts = Date.now()
    // Grams that no other change of the plate has, so that each is known again.
    const deltaGrams = (Math.floor(seq / plates) % 2 === 0 ? -1 : 1) * (200 + (seq % 997))
    const data = { cell, deltaGrams, sdGrams: 1, from: ts - 200, to: ts }
    const payload = JSON.stringify({ v: 1, id: `change-${seq}`, ts, boot: this.#boot, seq, data })
    const change = { cell, deltaGrams, payload, isAcknowledged: false }
    this.changes.push(change)
    return change
  }
}

function figuresOf(changes: readonly Change[], found: readonly Found[]): Omit<KillFigures, 'kills'> {
  const acknowledged = changes.filter(({ isAcknowledged }) => isAcknowledged)
  const times = acknowledged.map(
    (change) =>
      found.filter(({ cell, deltaGrams }) => cell === change.cell && Math.abs(deltaGrams - change.deltaGrams) < 0.4)
        .length,
  )
  return {
    acknowledged: acknowledged.length,
    lost: times.filter((count) => count === 0).length,
    doubled: times.filter((count) => count > 1).length,
  }
}

interface Found {
  readonly cell: string
  readonly deltaGrams: number
}

function observed(path: string): Found[] {
  const journal = openJournalStore(path)
  try {
    journal.open('kills')
    return journal.observations().flatMap((body) => {
      const observation = JSON.parse(body) as Observation
      return observation.kind === 'shelf-change' ? observation.cells : []
    })
  } finally {
    journal.close()
  }
}

function started(folder: string, port: number): Promise<Child> {
  const args = ['--store', join(folder, 'store.json'), '--data', join(folder, 'data'), '--log-level', 'error']
  return startChild(gateway, [...args, '--mqtt-port', String(port), '--http-port', '0', '--trust-local'])
}

/** A shelf for each plate, two metres from the next. */
function shopOf(): Store {
  const cells = Array.from({ length: plates }, (_, i) => `c${i}`)
  return {
    schema: 'tillfree.store/1',
    id: 'kills',
    name: 'A shop that is killed',
    currency: 'EUR',
    timezone: 'UTC',
    entry: 'open',
    zones: [],
    fixtures: cells.map((cell, i) => ({
      id: `f${i}`,
      kind: 'gondola',
      front: [0, 1],
      shelves: [{ id: `s${i}`, device: 'g1', cells: [{ id: cell, center: [2 * i, 0, 1], size: [0.2, 0.4] }] }],
    })),
    products: [{ sku: 'water', name: 'Water', priceMinor: 100, taxRate: 0.1, massGrams: { mean: 500, sd: 5 } }],
    planogram: [{ sku: 'water', cells: ['c0'] }],
    devices: [{ id: 'g1', kind: 'shelf' }],
  }
}

/**
 * A real gateway that is killed again and again (SIGKILL) while shelves report changes: what was acknowledged must be in the
 * journal in the end, once.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../gateway/testing/mosquitto.ts'
import { programHeaders } from '../../gateway/testing/staff.ts'
import type { Store } from '../../models/contracts/store.ts'
import { Random } from '../../simulators/random.ts'
import { type Child, startChild } from '../../simulators/run/child.ts'
import { figuresOf, type KillFigures } from './kill-figures.ts'
import { platesEach, Shelf } from './shelf.ts'

export const devices = ['g1', 'g2', 'g3', 'g4']
/** From one start to the next kill. */
export const longestMs = 1500
/** One in so many is killed while it starts, where it takes in what the one before left. */
const startKilledOneIn = 5
/** A start takes a second or three. */
const longestStartMs = 3000
/**
 * Event time from the last acknowledgement until everything is observed: three seconds until a plate is steady, six while nobody
 * is seen (`edge/sensing`), and as much again as a tick and a bin are.
 */
const settledMs = 12_000
const gateway = new URL('../../gateway/main.ts', import.meta.url).pathname

/** Takes some seconds a kill. `goesOn` is asked after each, with how many there were: false ends it sooner. */
export async function kill(kills: number, seed: number, goesOn: (done: number) => boolean): Promise<KillFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'tillfree-kills-'))
  writeFileSync(join(folder, 'store.json'), JSON.stringify(shopOf()))
  const run = new Run(folder, await freePort())
  const random = new Random(seed, 'kills')
  try {
    let done = 0
    do {
      if (done > 0 && random.int(1, startKilledOneIn) === 1) await run.killStarting(random.int(0, longestStartMs))
      else await run.killReporting(random.int(100, longestMs))
      done += 1
    } while (goesOn(done) && done < kills)
    await run.settle()
    return figuresOf(done, run.changes(), join(folder, 'data', 'kills.db'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The gateways that are started one after the other over the same data, and the shelves. */
class Run {
  readonly #folder: string
  readonly #port: number
  readonly #shelves = devices.map((device) => new Shelf(device))
  #gateways = 0

  constructor(folder: string, port: number) {
    this.#folder = folder
    this.#port = port
  }

  changes() {
    return this.#shelves.flatMap(({ changes }) => changes)
  }

  async killReporting(afterMs: number): Promise<void> {
    const child = await this.#started()
    const reporting = this.#report()
    await pause(afterMs)
    await child.kill()
    for (const shelf of this.#shelves) shelf.stop()
    await reporting
  }

  /** Kills it if it is not ready by then. */
  async killStarting(afterMs: number): Promise<void> {
    const child = await this.#started(AbortSignal.timeout(afterMs)).catch(() => null)
    await child?.kill()
  }

  /** Until all is acknowledged, and nothing of it is on its way any more. */
  async settle(): Promise<void> {
    const child = await this.#started()
    for (const shelf of this.#shelves) shelf.finish()
    const reporting = this.#report()
    while (!this.#shelves.every((shelf) => shelf.isAcknowledged())) await pause(20)
    const upTo = Math.max(...this.changes().map(({ acknowledged }) => acknowledged?.at ?? 0)) + settledMs
    const headers = await programHeaders(join(this.#folder, 'data'), 'viewer')
    while ((await edgeTime(child, headers)) < upTo) await pause(100)
    for (const shelf of this.#shelves) shelf.stop()
    await reporting
    await child.stop()
  }

  #report(): Promise<unknown> {
    const gateway = this.#gateways - 1
    return Promise.all(this.#shelves.map((shelf) => shelf.report(`mqtt://127.0.0.1:${this.#port}`, gateway)))
  }

  #started(signal?: AbortSignal): Promise<Child> {
    this.#gateways += 1
    const data = ['--store', join(this.#folder, 'store.json'), '--data', join(this.#folder, 'data')]
    const ports = ['--mqtt-port', String(this.#port), '--http-port', '0', '--trust-local', '--log-level', 'error']
    return startChild(gateway, [...data, ...ports], signal)
  }
}

/** Event time up to which the engine knows everything. */
async function edgeTime({ ready }: Child, headers: Readonly<Record<string, string>>): Promise<number> {
  const now = Date.now()
  const metrics = await (await fetch(`http://127.0.0.1:${ready.httpPort}/metrics`, { headers })).text()
  return now - 1000 * Number(/^tillfree_watermark_lag_seconds (\S+)$/m.exec(metrics)?.[1])
}

/** A board for each plate, two metres from the next; a row of them for each device. */
function shopOf(): Store {
  const plates = devices.flatMap((device, row) => Array.from({ length: platesEach }, (_, i) => ({ device, row, i })))
  return {
    schema: 'tillfree.store/1',
    id: 'kills',
    name: 'A shop that is killed',
    currency: 'EUR',
    timezone: 'UTC',
    entry: 'open',
    zones: [],
    fixtures: plates.map(({ device, row, i }, at) => ({
      id: `f${at}`,
      kind: 'gondola',
      front: [0, 1],
      shelves: [
        { id: `s${at}`, device, cells: [{ id: `${device}-c${i}`, center: [2 * i, 2 * row, 1], size: [0.2, 0.4] }] },
      ],
    })),
    products: [{ sku: 'water', name: 'Water', priceMinor: 100, taxRate: 0.1, massGrams: { mean: 500, sd: 5 } }],
    planogram: [{ sku: 'water', cells: ['g1-c0'] }],
    devices: devices.map((id) => ({ id, kind: 'shelf' })),
  }
}

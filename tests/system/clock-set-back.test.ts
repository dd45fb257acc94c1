/** The computer's clock is set back by an hour while somebody shops, through the real parts: broker, gateway, journal, HTTP. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { play, doorShop as shop, t0 } from '../../edge/fixture.ts'
import { createLastingStore } from '../../gateway/lasting-store.ts'
import { createStoreProcess } from '../../gateway/store-process.ts'
import { programHeaders } from '../../gateway/testing/staff.ts'
import { until } from '../../gateway/testing/until.ts'
import type { LiveView } from '../../models/contracts/http.ts'

const hourMs = 3_600_000
const realNow = Date.now
let folder = ''
let setBackMs = 0
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillfree-clock-'))
  setBackMs = 0
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() - setBackMs)
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true })
})

const made = { host: '127.0.0.1', trustLocal: true, brokerUrl: null, accountService: null, accounts: [] }

/** Who stands at the cola for some seconds up to now, as a tracker sees it. */
async function see(mqttUrl: string, boot: string, takes: boolean): Promise<void> {
  const began = Date.now() - 3000
  const tracker = await connectAsync(mqttUrl, { clientId: 'trk', reconnectPeriod: 0 })
  const scene = { durationMs: 3000, people: [{ id: 'anna', x: 0.3, ...(takes ? { reachAt: [2000] } : {}) }] }
  const frames = play(scene).flatMap((event) => (event.kind === 'targets' ? [event] : []))
  for (const [seq, { ts, targets }] of frames.entries()) {
    const message = { v: 1, ts: ts - t0 + began, boot, seq, data: { targets } }
    await tracker.publishAsync('tillfree/1/s1/dev/trk/raw/targets', JSON.stringify(message))
  }
  if (takes) {
    const shelf = await connectAsync(mqttUrl, { clientId: 'g1', reconnectPeriod: 0 })
    const at = began + 2000
    const data = { cell: 'p3', deltaGrams: -351, sdGrams: 2, from: at - 200, to: at + 100 }
    const message = { v: 1, id: 'change-1', ts: at, boot, seq: 1, data }
    await shelf.publishAsync('tillfree/1/s1/dev/g1/event/weight', JSON.stringify(message), { qos: 1 })
    await shelf.endAsync(true)
  }
  await tracker.endAsync(true)
}

it('the store begins anew at the same address, and what was just taken is in the cart of who is still there', async () => {
  const words: string[] = []
  const log = pino({ level: 'warn' }, { write: (word: string) => void words.push(word) })
  const headers = await programHeaders(folder)
  const store = createLastingStore({
    make: (before) =>
      createStoreProcess({
        ...made,
        store: shop,
        dataDir: folder,
        mqttPort: before?.mqttPort ?? 0,
        httpPort: before?.httpPort ?? 0,
        clock: 'wall',
        log,
      }),
    onFailure: (error) => words.push(error.message),
    log,
    everyMs: 50,
  })
  const { mqttPort, httpPort } = await store.start()
  const mqttUrl = `mqtt://127.0.0.1:${mqttPort}`
  const inside = async () => {
    const answer = await fetch(`http://127.0.0.1:${httpPort}/api/live.json`, { headers }).catch(() => null)
    if (answer?.ok !== true) return []
    const { shoppers } = (await answer.json()) as LiveView
    return shoppers.map(({ id, items }) => [id, items.map(({ sku, quantity }) => `${quantity} ${sku}`)])
  }
  await see(mqttUrl, 'b1', true)
  await until(async () => (await inside()).length > 0)
  setBackMs = hourMs
  await until(() => words.some((word) => word.includes('the store begins anew')))
  await until(() =>
    see(mqttUrl, 'b2', false).then(
      () => true,
      () => false,
    ),
  )
  await until(async () => JSON.stringify(await inside()) === '[["anna",["1 cola"]]]')
  expect(store.clockAheadMs()).toBe(0)
  await store.stop()
})

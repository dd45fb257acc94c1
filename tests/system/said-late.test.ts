/** A change that a shelf says too late, through the real parts: broker, gateway, journal, HTTP. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { play, doorShop as shop, t0 } from '../../edge/fixture.ts'
import { createStoreRuntime } from '../../edge/runtime/runtime.ts'
import { programHeaders } from '../../gateway/testing/staff.ts'
import { startedStore } from '../../gateway/testing/store-process.ts'
import { until } from '../../gateway/testing/until.ts'
import type { LiveView } from '../../models/contracts/http.ts'
import type { LateCase } from '../../models/contracts/late.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillfree-said-late-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** What an earlier process left: Anna stood at the cola and has left, Bo stands there still. */
async function visitsOnDisk(began: number): Promise<void> {
  const runtime = createStoreRuntime({ store: shop, path: join(folder, 's1.db'), log: { info() {}, error() {} } })
  await runtime.start()
  const people = [
    { id: 'anna', x: 0.3, to: 12_000 },
    { id: 'bo', x: 0.4 },
  ]
  for (const event of play({ durationMs: 30_000, people })) {
    if (event.kind !== 'targets') continue
    const ts = event.ts - t0 + began
    runtime.accept({ ...event, ts })
    runtime.advance(ts)
  }
  await runtime.stop()
}

describe('a change that a shelf says ten minutes late', () => {
  it('is a case for a person once, however often it is said, with whose bills it may concern, and charges nobody', async () => {
    const began = Date.now() - 10 * 60_000
    await visitsOnDisk(began)
    const headers = await programHeaders(folder)
    const at = began + 5000
    const data = { cell: 'p3', deltaGrams: -351, sdGrams: 2, from: at - 300, to: at }
    const message = JSON.stringify({ v: 1, id: 'change-7', ts: at, boot: 'b1', seq: 7, data })
    const say = async (mqttUrl: string) => {
      const client = await connectAsync(mqttUrl, { clientId: 'g1', reconnectPeriod: 0 })
      await client.publishAsync('tillfree/1/s1/dev/g1/event/weight', message, { qos: 1 })
      await client.publishAsync('tillfree/1/s1/dev/g1/event/weight', message, { qos: 1 })
      await client.endAsync(true)
    }
    const first = await startedStore(shop, folder)
    const ask = async <T>(path: string) => (await (await fetch(`${first.httpUrl}${path}`, { headers })).json()) as T
    const open = async () => (await ask<LiveView>('/api/live.json')).late
    await say(first.mqttUrl)
    await until(async () => (await open()).length > 0)
    const [summary] = await open()
    const address = `/api/late/${encodeURIComponent(summary?.id ?? '')}`
    expect(await ask<LateCase>(address)).toMatchObject({
      shelf: 'a',
      count: 1,
      changes: [
        {
          ways: [{ acts: [{ kind: 'pick', sku: 'cola', quantity: 1 }] }],
          unseen: false,
          people: [{ name: 'anna', bill: 'final' }, { name: 'bo' }],
        },
      ],
      decision: null,
    })
    const close = (outcome: string, count: number) =>
      fetch(`${first.httpUrl}${address}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ outcome, count }),
      })
    const answers = [await close('nobody-pays', 2), await close('nobody-pays', 1), await close('no-goods', 1)]
    expect(answers.map(({ status }) => status)).toEqual([409, 200, 409])
    await first.storeProcess.stop()

    const second = await startedStore(shop, folder)
    await say(second.mqttUrl)
    const metric = async () => {
      const metrics = await (await fetch(`${second.httpUrl}/metrics`, { headers })).text()
      return Number(/^tillfree_watermark_lag_seconds (\S+)$/m.exec(metrics)?.[1])
    }
    const saidAt = Date.now()
    // The shelf is heard out for five seconds of event time; then it would be there.
    await until(async () => Date.now() - 1000 * (await metric()) > saidAt + 8000)
    const live = (await (await fetch(`${second.httpUrl}/api/live.json`, { headers })).json()) as LiveView
    expect(live).toMatchObject({ openLate: 0, late: [], bills: [{ shopper: 'anna', status: 'final', totalMinor: 0 }] })
    await second.storeProcess.stop()
  })
})

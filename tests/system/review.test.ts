/** A bill in review through the real parts: journal, gateway, delivery, account service. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Bench, openBench, storeToken } from '../../cloud-sync/testing/service.ts'
import { play, doorShop as shop, t0 } from '../../edge/fixture.ts'
import { createStoreRuntime } from '../../edge/runtime/runtime.ts'
import { createStoreProcess } from '../../gateway/store-process.ts'
import type { StoreProcess } from '../../gateway/store-process-options.ts'
import { programHeaders } from '../../gateway/testing/staff.ts'
import type { LiveView } from '../../models/contracts/http.ts'

const log = pino({ level: 'silent' })
let folder = ''
let bench: Bench
let gateway: StoreProcess | null = null

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillfree-review-'))
  bench = await openBench()
})
afterEach(async () => {
  await gateway?.stop()
  await bench.close()
  await rm(folder, { recursive: true })
})

/** Anna or Bo took tea, nobody can say who; Anna has left. */
async function reviewOnDisk(): Promise<void> {
  const runtime = createStoreRuntime({ store: shop, path: join(folder, 's1.db'), log: { info() {}, error() {} } })
  await runtime.start()
  const bo = { id: 'bo', x: 0.6, reachAt: [4000] }
  const people = [{ ...bo, id: 'anna', to: 12_000 }, bo]
  for (const event of play({ durationMs: 30_000, changes: [[4000, 'p6', -542]], people })) {
    runtime.accept(event)
    runtime.advance(event.ts)
  }
  await runtime.stop()
}

async function startGateway(): Promise<string> {
  const url = await bench.app.listen({ port: 0, host: '127.0.0.1' })
  gateway = createStoreProcess({
    store: shop,
    dataDir: folder,
    host: '127.0.0.1',
    mqttPort: 0,
    httpPort: 0,
    brokerUrl: null,
    accountService: { url, token: storeToken },
    accounts: [],
    clock: 'simulated',
    log,
  })
  return `http://127.0.0.1:${(await gateway.start()).httpPort}`
}

const purchases = () =>
  bench.sql.query<{ trip_id: string; status: string; total_minor: number }>(
    'SELECT trip_id, status, total_minor FROM purchase ORDER BY trip_id',
  )
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 30_000, interval: 50 })

describe('a bill in review', () => {
  it('is shown to the shopper as being checked, and is settled once by what a person decides', async () => {
    await reviewOnDisk()
    const url = await startGateway()
    const headers = await programHeaders(folder)
    const tripId = `s1.${t0}.anna`
    const decide = (lines: unknown) =>
      fetch(`${url}/api/reviews/${encodeURIComponent(tripId)}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ lines }),
      })
    await eventually(async () => expect((await purchases()).map(({ status }) => status)).toEqual(['review']))
    const live = (await (await fetch(`${url}/api/live.json`, { headers })).json()) as LiveView
    expect(live.openReviews).toBe(1)
    const found = await (
      await fetch(`${url}/api/reviews/${encodeURIComponent(live.reviews[0]?.tripId ?? '')}`, { headers })
    ).json()
    expect(found).toMatchObject({ tripId, doubts: [{ evidence: { weights: [{ cell: 'p6' }] } }] })

    const tea = [{ sku: 'tea', quantity: 1 }]
    const answers = [await decide(tea), await decide(tea), await decide([])]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 409])
    await eventually(async () =>
      expect(await purchases()).toEqual([{ trip_id: `s1/${tripId}`, status: 'final', total_minor: 610 }]),
    )
    expect(await (await fetch(`${url}/api/live.json`, { headers })).json()).toMatchObject({
      openReviews: 0,
      bills: [{ shopper: 'anna', status: 'final', totalMinor: 610 }],
      shoppers: [{ id: 'bo', items: [] }],
    })
  })
})

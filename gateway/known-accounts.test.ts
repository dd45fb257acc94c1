import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { removeOld } from '../cloud-sync/privacy/retention.ts'
import { purchaseOf } from '../cloud-sync/testing/purchase.ts'
import { type Bench, call, newShopper, openBench, storeToken } from '../cloud-sync/testing/service.ts'
import { createKnownAccounts } from './known-accounts.ts'
import { testLog } from './testing/log.ts'
import { until } from './testing/until.ts'

let dataDir = ''
let bench: Bench
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'tillfree-known-'))
  bench = await openBench()
})
afterEach(async () => {
  await bench.close()
  rmSync(dataDir, { recursive: true })
})

test('createKnownAccounts() hears of an erased account, lets it in no more and has what is kept of it removed', async () => {
  const { token } = await newShopper(bench, 'anna')
  const url = await bench.app.listen({ port: 0, host: '127.0.0.1' })
  const known: string[][] = []
  const forgotten: (readonly string[])[] = []
  const log = testLog()
  const source = createKnownAccounts({
    storeId: 's1',
    storeName: 'Via Roma 1',
    service: { url, token: storeToken },
    dataDir,
    fixed: [{ id: 'otto', codes: ['CARD'] }],
    setAccounts: (accounts) => known.push(accounts.map(({ id }) => id)),
    runtime: {
      offerAgain: async () => 0,
      async forget(accounts) {
        forgotten.push(accounts)
        return 2
      },
    },
    log,
  })
  await source.start()
  await source.stop()
  const headers = { cookie: `tillfree-account=${token}`, 'sec-fetch-site': 'same-origin' }
  await bench.app.inject({ method: 'DELETE', url: '/v1/me', headers })
  await source.start()
  await source.stop()
  expect(forgotten).toEqual([])
  bench.advance(86_400_001)
  await removeOld({ sql: bench.sql, now: bench.now, log: { info: () => {}, error: () => {} } })
  await call(bench.app, storeToken, '/v1/purchases', purchaseOf('late', { account: 'anna' }))
  await source.start()
  await source.stop()
  expect([known.at(-3), known.at(-1)]).toEqual([['otto', 'anna'], ['otto']])
  await until(() => log.lines.length > 0)
  expect([forgotten, log.lines]).toEqual([[['anna']], ['what the store kept of erased accounts was removed']])
})

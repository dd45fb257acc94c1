/** Who owes a bill, from the account service to the gate: refused with a reason, let in again when it is paid. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { purchaseOf } from '../../cloud-sync/testing/purchase.ts'
import { type Bench, call, newShopper, openBench, put, storeToken } from '../../cloud-sync/testing/service.ts'
import type { SensorEvent } from '../../edge/events.ts'
import { createStoreRuntime } from '../../edge/runtime/runtime.ts'
import { createAccountSource } from '../../gateway/accounts.ts'
import { openUsedCodes } from '../../gateway/entry/used-codes.ts'
import { createIntake, type Intake } from '../../gateway/intake.ts'
import { createSpool } from '../../gateway/spool/spool.ts'
import { testLog } from '../../gateway/testing/log.ts'
import { sent, t0, testStore } from '../../gateway/testing/store.ts'
import { newPhone } from '../../models/entry/phone.ts'

let folder = ''
let bench: Bench
let shopper: Awaited<ReturnType<typeof newShopper>>
let phone = newPhone()
let now = t0
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillfree-debtor-'))
  bench = await openBench()
  shopper = await newShopper(bench, 'anna')
  phone = newPhone()
  await call(bench.app, shopper.token, '/v1/me/phones', { publicKey: phone.publicKey, label: 'Phone' })
  now = t0
})
afterEach(async () => {
  await bench.close()
  await rm(folder, { recursive: true })
})

const payWith = async (token: string) => {
  await put(bench.app, shopper.token, '/v1/me/payment-method', { token })
  await bench.payments.run()
}
const walkOut = async (trip: string) => {
  await call(bench.app, storeToken, '/v1/purchases', purchaseOf(trip, { account: 'anna' }))
  await bench.payments.run()
}

interface Shop {
  /** Copies the accounts, scans the code of anna's phone at the gate; how often it opened, and what the engine heard. */
  scan(): Promise<{ readonly opened: number; readonly admitted: readonly string[] }>
  readonly refusals: () => readonly string[]
  stop(): Promise<void>
}

/** The gateway's intake and its copy of the accounts, without MQTT in between. */
async function openShop(): Promise<Shop> {
  const store = testStore()
  const log = testLog()
  const runtime = createStoreRuntime({ store, path: join(folder, 's1.db'), log: { info() {}, error() {} } })
  await runtime.start()
  let opened = 0
  const seen: SensorEvent[] = []
  const spool = createSpool(join(folder, 'spool'))
  const usedCodes = openUsedCodes(join(folder, 'entry-codes.db'))
  const intake: Intake = createIntake({
    store,
    runtime: { ...runtime, accept: (event) => void seen.push(event), advance: () => {} },
    clock: { now: () => now },
    spool,
    usedCodes,
    shortage: () => null,
    publish: async () => void opened++,
    onAccepted: () => {},
    onRejected: () => {},
    log,
  })
  intake.restore()
  const url = await bench.app.listen({ port: 0, host: '127.0.0.1' })
  const accounts = createAccountSource({
    storeId: 's1',
    storeName: store.name,
    service: { url, token: storeToken },
    cacheFile: join(folder, 'accounts.json'),
    markFile: join(folder, 'books-mark'),
    onAccounts: (list) => intake.setAccounts(list),
    onBillsWanted: async () => {},
    log,
  })
  let seq = 0
  return {
    async scan() {
      await accounts.start()
      await accounts.stop()
      opened = 0
      seen.length = 0
      now += 10_000
      const data = { code: phone.show('s1', now) }
      intake.ingest.receive(sent({ channel: 'event/scan', data, at: now - t0 - 50, seq: seq++ }))
      now += 10_000
      intake.pump()
      return { opened, admitted: seen.flatMap((event) => (event.kind === 'scan' ? [event.code] : [])) }
    },
    refusals: () => intake.tally.list().map(({ cause, count, example }) => `${cause} ${count} ${example}`),
    async stop() {
      await spool.close()
      usedCodes.close()
      await runtime.stop()
    },
  }
}

describe('a shopper who owes a bill', () => {
  it('is let in until a payment fails, refused with a reason then, and let in again when it is paid', async () => {
    const shop = await openShop()
    await walkOut('trip-1')
    expect(await shop.scan()).toEqual({ opened: 1, admitted: ['account:anna'] })
    await payWith('test-declined')
    await walkOut('trip-2')
    expect(await shop.scan()).toEqual({ opened: 0, admitted: [] })
    expect(shop.refusals()).toEqual([
      expect.stringMatching(
        /^unpaid 1 gate1 event\/scan: the account of the code that was scanned has a bill that is not paid/,
      ),
    ])
    await payWith('test-ok')
    expect(await shop.scan()).toEqual({ opened: 1, admitted: ['account:anna'] })
    await shop.stop()
  })

  it('is let in again when the store gives up the claim', async () => {
    const shop = await openShop()
    await payWith('test-card-closed')
    await walkOut('trip-1')
    expect(await shop.scan()).toEqual({ opened: 0, admitted: [] })
    const wanted = { idempotentRefundId: 'r-1', reason: 'not-taken' }
    expect((await call(bench.app, storeToken, '/v1/purchases/trip-1/refunds', wanted)).status).toBe(201)
    expect(await shop.scan()).toEqual({ opened: 1, admitted: ['account:anna'] })
    await shop.stop()
  })
})

/** A phone's code from the account service to the gate, through the real broker: once, for one gate, whatever ends. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Bench, call, openBench, storeToken } from '../../cloud-sync/testing/service.ts'
import { programHeaders } from '../../gateway/testing/staff.ts'
import { testStore } from '../../gateway/testing/store.ts'
import { startedStore } from '../../gateway/testing/store-process.ts'
import { until } from '../../gateway/testing/until.ts'
import { newPhone } from '../../models/entry/phone.ts'

const base = testStore()
const store = { ...base, devices: [...base.devices, { id: 'gate2', kind: 'gate' as const, zone: 'door' }] }

let folder = ''
let bench: Bench
let cloud = ''
const phone = newPhone()
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tillfree-entry-'))
  bench = await openBench()
  cloud = await bench.app.listen({ port: 0, host: '127.0.0.1' })
  await call(bench.app, storeToken, '/v1/accounts', { id: 'anna', name: 'Anna' })
  await call(bench.app, storeToken, '/v1/accounts/anna/phones', { publicKey: phone.publicKey, label: 'Phone' })
})
afterEach(async () => {
  await bench.close()
  rmSync(folder, { recursive: true })
})

interface Door {
  scan(code: string): Promise<unknown>
  readonly opened: () => number
}

/** A gate on the network. */
async function doorOf(mqttUrl: string, id: string, clients: MqttClient[]): Promise<Door> {
  const client = await connectAsync(mqttUrl, { clientId: id, reconnectPeriod: 0 })
  clients.push(client)
  let opened = 0
  client.on('message', () => opened++)
  await client.subscribeAsync(`tillfree/1/s1/dev/${id}/cmd/open`, { qos: 1 })
  const boot = `${id}-${clients.length}-${Date.now()}`
  let seq = 0
  return {
    scan(code) {
      const envelope = { v: 1, ts: Date.now(), boot, seq: seq++, data: { code } }
      return client.publishAsync(`tillfree/1/s1/dev/${id}/event/scan`, JSON.stringify(envelope), { qos: 1 })
    },
    opened: () => opened,
  }
}

async function openShop() {
  const words: string[] = []
  const service = { url: cloud, token: storeToken }
  const { storeProcess, mqttUrl, httpUrl } = await startedStore(store, folder, { words, accountService: service })
  const headers = await programHeaders(folder, 'viewer')
  const clients: MqttClient[] = []
  const [first, second] = [await doorOf(mqttUrl, 'gate1', clients), await doorOf(mqttUrl, 'gate2', clients)]
  return {
    first,
    second,
    words,
    refused: async (device: string, cause: string) =>
      (await (await fetch(`${httpUrl}/metrics`, { headers })).text()).includes(
        `tillfree_messages_rejected_total{device="${device}",cause="${cause}"} 1`,
      ),
    async close() {
      for (const client of clients) await client.endAsync(true)
      await storeProcess.stop()
    },
  }
}

test('a code of a phone opens one gate once, also over a restart and without the account service', async () => {
  const shop = await openShop()
  const code = phone.show('s1', Date.now())
  await shop.first.scan(code)
  await until(() => shop.first.opened() === 1)
  await shop.second.scan(code)
  await until(() => shop.refused('gate2', 'code-elsewhere'))
  await shop.second.scan(phone.show('s2', Date.now()))
  await until(() => shop.refused('gate2', 'code-store'))
  expect(shop.words.join()).toContain('has let somebody in at another gate')
  expect(shop.words.join()).not.toContain(code)
  await shop.close()

  await bench.app.close()
  const again = await openShop()
  await again.first.scan(code)
  await until(() => again.refused('gate1', 'code-used'))
  await again.first.scan(phone.show('s1', Date.now()))
  await until(() => again.first.opened() === 1)
  expect([shop.first.opened(), shop.second.opened(), again.second.opened()]).toEqual([1, 0, 0])
  await again.close()
})

test('what a store has on its disk makes no code: public keys only', async () => {
  const shop = await openShop()
  await shop.close()
  const kept = JSON.parse(readFileSync(join(folder, 's1-accounts.json'), 'utf8'))
  const entryKeys = [{ id: phone.keyId, publicKey: phone.publicKey }]
  expect(kept).toEqual([{ id: 'anna', codes: [], entryKeys, staff: false }])
})

/** What a device was told is here is here: on disk before the acknowledgement, and taken in by the process after a kill. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { decode } from '../../gateway/spool/record.ts'
import { testStore } from '../../gateway/testing/store.ts'
import { startedStore } from '../../gateway/testing/store-process.ts'

let folder = ''
const spool = () => join(folder, 'spool')
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillfree-acknowledged-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const store = testStore()
const topic = `tillfree/1/${store.id}/dev/g1/event/weight`

function change(seq: number): string {
  const now = Date.now()
  const data = { cell: 'c1', deltaGrams: -538, sdGrams: 2, from: now - 300, to: now }
  return JSON.stringify({ v: 1, id: `change-${seq}`, ts: now, boot: 'b1', seq, data })
}

async function started() {
  const { storeProcess, mqttUrl, httpUrl } = await startedStore(store, folder)
  const client = await connectAsync(mqttUrl, { clientId: 'g1', reconnectPeriod: 0 })
  return { storeProcess, client, ready: `${httpUrl}/readyz` }
}

const kept = () => readdirSync(spool()).flatMap((name) => decode(readFileSync(join(spool(), name))).records)
const idsKept = () =>
  kept().flatMap((record) =>
    record.kind === 'message' ? [String(JSON.parse(String(Buffer.from(record.payload))).id)] : [],
  )

test('a message is on disk when its acknowledgement is here', async () => {
  const { storeProcess, client } = await started()
  for (let seq = 0; seq < 20; seq++) {
    await client.publishAsync(topic, change(seq), { qos: 1 })
    expect(idsKept()).toContain(`change-${seq}`)
  }
  expect(idsKept()).toHaveLength(20)
  await client.endAsync(true)
  await storeProcess.stop()
})

test('a device is not acknowledged what cannot be kept, and says it again when there is room', async () => {
  const { storeProcess, client, ready } = await started()
  // A file where the folder was: nothing can be written there.
  renameSync(spool(), `${spool()}-away`)
  writeFileSync(spool(), '')
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()))
  let acknowledged = false
  client.publish(topic, change(1), { qos: 1 }, (error) => {
    acknowledged = error === undefined || error === null
  })
  await closed
  expect(acknowledged).toBe(false)
  await vi.waitUntil(async () => (await fetch(ready)).status === 503, { timeout: 20_000, interval: 50 })
  expect(await (await fetch(ready)).text()).toMatch(/cannot be kept on disk/)
  rmSync(spool())
  renameSync(`${spool()}-away`, spool())
  const again = await connectAsync(`mqtt://127.0.0.1:${client.options.port}`, { clientId: 'g1', reconnectPeriod: 0 })
  await again.publishAsync(topic, change(1), { qos: 1 })
  expect(idsKept()).toContain('change-1')
  expect(existsSync(spool())).toBe(true)
  await again.endAsync(true)
  await storeProcess.stop()
})

test('what ingest refuses by its topic is acknowledged and not kept', async () => {
  const { storeProcess, client } = await started()
  await client.publishAsync(topic.replace('event/weight', 'a/b/c'), change(1), { qos: 1 })
  await client.publishAsync(topic, change(2), { qos: 1 })
  expect(idsKept()).toEqual(['change-2'])
  await client.endAsync(true)
  await storeProcess.stop()
})

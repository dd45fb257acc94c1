/** A disk that is really full: a small one in memory, which wants the right to mount (root on Linux). */
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { baseBytes } from '../../gateway/disk-room.ts'
import { decode } from '../../gateway/spool/record.ts'
import { programHeaders } from '../../gateway/testing/staff.ts'
import { testStore } from '../../gateway/testing/store.ts'
import { startedStore } from '../../gateway/testing/store-process.ts'
import { until } from '../../gateway/testing/until.ts'

let disk = ''
beforeEach(() => {
  disk = mkdtempSync(join(tmpdir(), 'tillfree-full-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128m', 'tillfree', disk])
  } catch {
    throw new Error('This test mounts a small disk in memory, and may not here: run it as root on Linux.')
  }
})
afterEach(() => {
  execFileSync('umount', ['--lazy', disk])
  rmSync(disk, { recursive: true })
})

const store = testStore()
const topicOf = (device: string, channel: string) => `tillfree/1/${store.id}/dev/${device}/${channel}`
const filler = () => join(disk, 'filler')

/** Until so many bytes are free. */
function fillUpTo(leftBytes: number): void {
  const { bavail, bsize } = statfsSync(disk)
  appendFileSync(filler(), Buffer.alloc(bavail * bsize - leftBytes))
}

function fill(): void {
  fillUpTo(256 * 1024)
  try {
    for (;;) appendFileSync(filler(), Buffer.alloc(1024))
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC')
  }
}

function change(seq: number): string {
  const now = Date.now()
  const data = { cell: 'c1', deltaGrams: -538, sdGrams: 2, from: now - 300, to: now }
  return JSON.stringify({ v: 1, id: `change-${seq}`, ts: now, boot: 'b1', seq, data })
}

/** Whether it was acknowledged, rather than the connection closed. */
async function said(client: MqttClient, seq: number): Promise<boolean> {
  const closed = new Promise<false>((resolve) => client.once('close', () => resolve(false)))
  const told = client.publishAsync(topicOf('g1', 'event/weight'), change(seq), { qos: 1 }).then(() => true)
  return Promise.race([told, closed])
}

function idsKept(): Set<string> {
  const spool = join(disk, 'data', 'spool')
  const records = readdirSync(spool).flatMap((name) => decode(readFileSync(join(spool, name))).records)
  const payloads = records.flatMap((record) => (record.kind === 'message' ? [Buffer.from(record.payload)] : []))
  return new Set(payloads.map((payload) => String(JSON.parse(payload.toString()).id)))
}

test('a store lets nobody in when its disk is almost full and when it is, says why, keeps all that it acknowledged, and goes on when there is room', async () => {
  const words: string[] = []
  const accounts = [{ id: 'anna', codes: ['a-code-of-anna'] }]
  const { storeProcess, mqttUrl, httpUrl } = await startedStore(store, join(disk, 'data'), { words, accounts })
  const headers = await programHeaders(join(disk, 'data'), 'viewer')
  const connect = (clientId: string) => connectAsync(mqttUrl, { clientId, reconnectPeriod: 0 })
  const gate = await connect('gate1')
  const opened: string[] = []
  gate.on('message', (topic) => opened.push(topic))
  await gate.subscribeAsync(topicOf('gate1', 'cmd/open'), { qos: 1 })
  let scans = 0
  const scan = () => {
    const envelope = { v: 1, id: `scan-${scans}`, ts: Date.now(), boot: 'b1', seq: scans++ }
    return gate.publishAsync(
      topicOf('gate1', 'event/scan'),
      JSON.stringify({ ...envelope, data: { code: 'a-code-of-anna' } }),
    )
  }
  const acknowledged: number[] = []
  const shelf = await connect('g1')
  for (let seq = 0; seq < 5; seq++) if (await said(shelf, seq)) acknowledged.push(seq)
  await scan()
  await until(() => opened.length === 1)

  fillUpTo(baseBytes)
  await until(async () => (await fetch(`${httpUrl}/readyz`)).status === 503)
  const problemsSaid = async () => {
    const live = await (await fetch(`${httpUrl}/api/live.json`, { headers })).json()
    return (live as { problems: string[] }).problems
  }
  expect(await problemsSaid()).toEqual([expect.stringMatching(/^the disk is almost full: \d+ MB are free/)])
  expect(await said(shelf, 5)).toBe(true)
  acknowledged.push(5)
  await scan()
  await until(() => words.some((line) => line.includes('the gate stays closed: the disk is almost full')))
  expect(opened).toHaveLength(1)

  fill()
  let seq = 6
  // What is left of the last block of a file may still be written to.
  while (await said(shelf, seq)) acknowledged.push(seq++)
  await until(async () => (await fetch(`${httpUrl}/readyz`)).status === 503)
  await until(async () => (await problemsSaid()).some((words) => /cannot be (kept|written).*(ENOSPC|full)/.test(words)))
  expect(await (await fetch(`${httpUrl}/metrics`, { headers })).text()).toMatch(/^tillfree_problems [12]$/m)
  await scan()
  await until(() => words.some((line) => /the gate stays closed:.*(ENOSPC|disk is full)/.test(line)))
  expect(opened).toHaveLength(1)
  const refusals = () => words.filter((line) => line.includes('messages cannot be kept on disk'))
  await until(() => refusals().length > 0)

  rmSync(filler())
  await until(async () => (await fetch(`${httpUrl}/readyz`)).status === 200)
  const again = await connect('g1')
  for (const end = seq + 5; seq < end; seq++) if (await said(again, seq)) acknowledged.push(seq)
  expect(refusals()).toHaveLength(1)
  expect(acknowledged).toEqual(Array.from({ length: seq }, (_, i) => i))
  await scan()
  await until(() => opened.length === 2)
  await Promise.all([gate.endAsync(true), again.endAsync(true)])
  await storeProcess.stop()
  const kept = idsKept()
  expect(acknowledged.filter((one) => !kept.has(`change-${one}`))).toEqual([])
})

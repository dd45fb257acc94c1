import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isJsonChannel, parseMessage } from '../models/contracts/messages.ts'
import { parseAccounts, parseRecordingLine, parseTruth } from '../models/contracts/recording.ts'
import { parseStore } from '../models/contracts/store.ts'
import { parseTopic } from '../models/contracts/topics.ts'
import { demoStore } from './layout/store.ts'
import { record } from './record.ts'
import { standalone } from './simulation.ts'
import { scenarioOf } from './testing.ts'

const scenario = scenarioOf('shoppers: { count: 3, secondsBetween: 5, itemsTo: 3 }')
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillfree-record-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function recorded(name: string, seed: number): Promise<string> {
  const out = join(folder, name)
  const { simulation } = standalone(demoStore({ entry: 'gated', scales: 'plates' }), scenario, seed)
  await record({ folder: out, simulation })
  return out
}

async function hash(out: string): Promise<string> {
  const names = ['store.json', 'recording.jsonl.gz', 'accounts.json', 'truth.json']
  const parts = await Promise.all(names.map((name) => readFile(join(out, name))))
  return createHash('sha256').update(Buffer.concat(parts)).digest('hex')
}

test('record() writes the same bytes for the same seed, and others for another', async () => {
  const [one, again, other] = [await recorded('one', 1), await recorded('again', 1), await recorded('other', 2)]
  expect(await hash(again)).toBe(await hash(one))
  expect(await hash(other)).not.toBe(await hash(one))
})

test('record() writes what the contracts accept, and codes that its accounts know', async () => {
  const out = await recorded('valid', 3)
  const json = async (name: string): Promise<unknown> => JSON.parse(await readFile(join(out, name), 'utf8'))
  expect(parseStore(await json('store.json'))).toMatchObject({ ok: true })
  expect(parseTruth(await json('truth.json'))).toMatchObject({ ok: true })
  const accounts = parseAccounts(await json('accounts.json'))
  if (!accounts.ok) throw new Error(JSON.stringify(accounts.faults))
  const codes = new Set(accounts.value.flatMap((account) => account.codes))
  const lines = gunzipSync(await readFile(join(out, 'recording.jsonl.gz')))
    .toString()
    .trim()
    .split('\n')
  let last = 0
  for (const text of lines) {
    const line = parseRecordingLine(JSON.parse(text))
    if (!line.ok) throw new Error(JSON.stringify(line.faults))
    expect(line.value.t).toBeGreaterThanOrEqual(last)
    last = line.value.t
    const channel = parseTopic(line.value.topic)?.channel ?? ''
    if (channel === 'status') expect(line.value.text).toMatch(/^(online|offline)$/)
    else if (!isJsonChannel(channel)) throw new Error(`unexpected channel ${channel}`)
    else {
      const message = parseMessage(channel, line.value.json)
      if (!message.ok) throw new Error(JSON.stringify(message.faults))
      if (channel === 'event/scan') expect(codes.has((message.value.data as { code: string }).code)).toBe(true)
    }
  }
})

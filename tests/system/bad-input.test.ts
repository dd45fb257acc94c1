/** Everything that a broken or hostile device may say to a running store: said in words, counted, and no cart changes. */
import { connect, connectAsync, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { LiveView } from '../../models/contracts/http.ts'
import { deviceTopic } from '../../models/contracts/topics.ts'
import { SystemUnderTest } from '../../simulators/run/system.ts'
import { openScenario } from '../../simulators/scenario/open.ts'

const { store } = openScenario({ shoppers: 1 })
const shelf = store.fixtures[0]?.shelves[0]
const device = shelf?.device ?? ''
const cell = shelf?.cells[0]?.id ?? ''
/** The gateway of a test runs on simulated time; this is what its clock is set to. */
const now = 1_800_000_000_000
const system = new SystemUnderTest({ store, accounts: [] })
let client: MqttClient
let seq = 0
let steps = 0

function envelope(data: unknown, ts: unknown = now): string {
  return JSON.stringify({ v: 1, ts, boot: 'b1', seq: seq++, data })
}
const weight = (data: unknown, ts?: unknown) => ({ channel: 'raw/weight', payload: envelope(data, ts) })

/** Cause, what is sent, and what the words must name: where, found, wanted. */
const cases: readonly (readonly [string, string, { device?: string; channel: string; payload: string }, RegExp])[] = [
  ['no JSON', 'json', { channel: 'raw/weight', payload: '{"v":1,' }, /found .*\{.*wanted a JSON document/],
  ['NaN', 'json', { channel: 'raw/weight', payload: '{"v":1,"ts":NaN}' }, /found .*NaN.*wanted a JSON document/],
  ['a wrong type', 'schema', weight({ rateHz: 'fast', cells: {} }), /rateHz: found "fast", wanted number/],
  [
    'an overflowing number',
    'schema',
    { channel: 'raw/weight', payload: envelope({ rateHz: 60, cells: { [cell]: [0] } }).replace('[0]', '[1e999]') },
    /cells.*found Infinity, wanted/,
  ],
  ['a missing field', 'schema', weight({ rateHz: 60 }), /data\/cells: found nothing, wanted/],
  ['a cell of nobody', 'cell', weight({ rateHz: 60, cells: { nowhere: [1] } }), /nowhere/],
  [
    'a time an hour off',
    'clock',
    weight({ rateHz: 60, cells: { [cell]: [1] } }, now - 3_600_000),
    /ts: found .*wanted/,
  ],
  [
    'a time in seconds',
    'schema',
    weight({ rateHz: 60, cells: { [cell]: [1] } }, now / 1000),
    /ts: found 1800000000, wanted/,
  ],
  ['an unknown device', 'device', { device: 'ghost', ...weight({ rateHz: 60, cells: {} }) }, /ghost/],
  ['a channel of another kind', 'kind', { device: 'trk', ...weight({ rateHz: 60, cells: {} }) }, /trk/],
  [
    'a scan with garbage',
    'schema',
    { device: 'gate1', channel: 'event/scan', payload: envelope({ code: '\u0001💥' }) },
    /data\/code: found .*wanted text/,
  ],
  [
    'a text that a database cuts',
    'json',
    { device: 'gate1', channel: 'event/scan', payload: envelope({ code: 'a\u0000' }) },
    /wanted a JSON document without U\+0000/,
  ],
  [
    'a scan that is too long',
    'schema',
    { device: 'gate1', channel: 'event/scan', payload: envelope({ code: 'x'.repeat(600) }) },
    /data\/code: found .*wanted/,
  ],
  [
    'a scan of no account',
    'code',
    { device: 'gate1', channel: 'event/scan', payload: envelope({ code: 'nobody' }) },
    /account/,
  ],
]

async function live(): Promise<LiveView> {
  return (await (await fetch(`${system.httpUrl}/api/live.json`, { headers: system.httpHeaders() })).json()) as LiveView
}

const causeIn = (view: LiveView, cause: string) => view.rejected.find((entry) => entry.cause === cause)

/** Publishes and lets the gateway's simulated clock make a step, at which it takes in what came. */
async function publish({
  device: from = device,
  channel,
  payload,
}: {
  device?: string
  channel: string
  payload: string
}) {
  await client.publishAsync(deviceTopic(store.id, from, channel), payload, { qos: 1 })
  await step()
}

async function step(): Promise<void> {
  steps++
  const time = JSON.stringify({ now: now + 200 * steps, after: 0 })
  await client.publishAsync(`tillfree/1/${store.id}/sim/time`, time, { qos: 1 })
}

function loginOf(name: string) {
  const password = system.secrets()?.get(name) ?? ''
  return { clientId: name, username: name, password, reconnectPeriod: 0 }
}

beforeAll(async () => {
  await system.start()
  client = await connectAsync(system.mqttUrl, loginOf('sim'))
  await step()
})
afterAll(async () => {
  await client.endAsync(true)
  await system.stop()
})

describe('a running store', () => {
  it.each(cases)('refuses %s in words and counts it', async (_, cause, message, words) => {
    const before = causeIn(await live(), cause)?.count ?? 0
    await publish(message)
    await vi.waitFor(async () => {
      const refused = causeIn(await live(), cause)
      expect(refused?.count).toBe(before + 1)
      expect(refused?.example).toMatch(words)
    })
  })

  it('closes a connection that sends 5 MB, and goes on with the others', async () => {
    const hostile = connect(system.mqttUrl, loginOf(device))
    hostile.on('error', () => {})
    const closed = new Promise<void>((resolve) => {
      hostile.on('close', resolve)
    })
    hostile.publish(deviceTopic(store.id, device, 'raw/weight'), 'x'.repeat(5_000_000))
    await closed
    await hostile.endAsync(true)
    expect(client.connected).toBe(true)
  })

  it('has no shopper, no event and no bill from all of it', async () => {
    const view = await live()
    expect([view.shoppers, view.events, view.bills]).toEqual([[], [], []])
  })
})

import { describe, expect, test } from 'vitest'
import { createGate } from './gate.ts'
import type { Rejection } from './ingest/causes.ts'
import { createIngest } from './ingest/ingest.ts'
import type { IncomingMessage } from './ingest/message.ts'
import { sent, t0, testStore } from './testing/store.ts'

async function scanned(message: IncomingMessage, publish = async () => {}, problem: string | null = null) {
  const said: [string, unknown][] = []
  const rejected: Rejection[] = []
  const failed: string[] = []
  const gate = createGate({
    store: testStore(),
    now: () => message.arrivedAt,
    publish: (topic, payload) => {
      said.push([topic, JSON.parse(payload)])
      return publish()
    },
    onRejected: (rejection) => rejected.push(rejection),
    onFailure: (device, error) => failed.push(`${device}: ${error.message}`),
    problem: () => problem,
    newTxn: () => 'txn-1',
  })
  gate.setAccounts([{ id: 'ann', codes: ['A1', 'A2'] }])
  createIngest({ store: testStore(), onAccepted: gate.heard }).receive(message)
  await Promise.resolve()
  return { said, rejected, failed }
}

const scan = (code: string, extra = {}) => sent({ channel: 'event/scan', data: { code }, ...extra })

describe('createGate()', () => {
  test('opens for the code of an account, for five seconds', async () => {
    const { said } = await scanned(scan('A2'))
    expect(said).toEqual([['tillfree/1/s1/dev/gate1/cmd/open', { txn: 'txn-1', expiresAt: t0 + 50 + 5000 }]])
  })

  test('stays closed for an unknown code, and does not tell the whole of it', async () => {
    const { said, rejected } = await scanned(scan('SECRET-CODE'))
    expect(said).toEqual([])
    expect(rejected).toMatchObject([{ cause: 'code', device: 'gate1', found: '"SECR…"' }])
  })

  test('stays closed for a scan that comes too late or was retained', async () => {
    expect((await scanned(scan('A1', { delayMs: 5_900 }))).said).toEqual([])
    expect((await scanned(scan('A1', { retain: true }))).said).toEqual([])
  })

  test('lets nobody in whose trip could not be written down', async () => {
    const { said, failed } = await scanned(scan('A1'), undefined, 'the disk is full')
    expect(said).toEqual([])
    expect(failed).toEqual(['gate1: the disk is full'])
  })

  test('tells when the command could not be sent', async () => {
    const { failed } = await scanned(scan('A1'), () => Promise.reject(new Error('not connected')))
    expect(failed).toEqual(['gate1: not connected'])
  })
})

import { describe, expect, test } from 'vitest'
import { createGate } from './gate.ts'
import type { Rejection } from './ingest/causes.ts'
import { createIngest } from './ingest/ingest.ts'
import type { IncomingMessage } from './ingest/message.ts'
import { sent, t0, testStore } from './testing/store.ts'

async function scanned(message: IncomingMessage, publish = async () => {}, problem: string | null = null, old = false) {
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
  gate.setAccounts([
    { id: 'ann', codes: ['A1', 'A2'] },
    { id: 'bob', codes: ['DEBTOR'], refused: 'unpaid-bill' },
  ])
  const ingest = createIngest({ store: testStore(), onAccepted: (accepted) => gate.heard(accepted, old) })
  ingest.receive(message)
  await Promise.resolve()
  return { said, rejected, failed, gate, events: () => ingest.flush().events }
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

  test('stays closed for who has not paid, says why, and keeps the scan from the engine, once', async () => {
    const { said, rejected, gate, events } = await scanned(scan('DEBTOR'))
    const refused = events().filter(({ kind }) => kind === 'scan')
    expect([said, refused.map(gate.wasRefused), refused.map(gate.wasRefused)]).toEqual([[], [true], [false]])
    expect(rejected.map(({ cause, sentence }) => [cause, sentence])).toEqual([
      [
        'unpaid',
        'gate1 event/scan: the account of the code that was scanned has a bill that is not paid. ' +
          '/data/code: found "DEBT…", wanted the code of an account that owes nothing',
      ],
    ])
  })

  test('keeps a refused scan from the engine that the process before took in, and says nothing again', async () => {
    const { said, rejected, gate, events } = await scanned(scan('DEBTOR'), undefined, null, true)
    expect([said, rejected, events().filter(gate.wasRefused).length]).toEqual([[], [], 1])
  })

  test('lets the scans of others through to the engine', async () => {
    const { gate, events } = await scanned(scan('A1'))
    expect(events().filter(gate.wasRefused)).toEqual([])
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

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Account } from '../../models/contracts/recording.ts'
import { newPhone } from '../../models/entry/phone.ts'
import type { Rejection } from '../ingest/causes.ts'
import { createIngest } from '../ingest/ingest.ts'
import { sent, t0, testStore } from '../testing/store.ts'
import { createGate, forEngine } from './gate.ts'
import { openUsedCodes, type UsedCodes } from './used-codes.ts'

const phone = newPhone()
const debtors = newPhone()
const keyOf = ({ keyId: id, publicKey }: typeof phone) => ({ id, publicKey })
const accounts: readonly Account[] = [
  { id: 'ann', codes: ['A1', 'A2'] },
  { id: 'bob', codes: ['DEBTOR'], entryKeys: [keyOf(debtors)], refused: 'unpaid-bill' },
  { id: 'eva', codes: [], entryKeys: [keyOf(phone)] },
]
const base = testStore()
const store = { ...base, devices: [...base.devices, { id: 'gate2', kind: 'gate' as const, zone: 'door' }] }

let usedCodes: UsedCodes
beforeEach(() => {
  usedCodes = openUsedCodes(':memory:')
})
afterEach(() => usedCodes.close())

interface Doors {
  readonly publish?: () => Promise<void>
  readonly problem?: string | null
  /** The scans come from the process before. */
  readonly old?: boolean
  /** The gateway's clock is so far ahead of the platform's. */
  readonly aheadMs?: number
}

/** A gateway process as far as its gates go. */
function doors({ publish = async () => {}, problem = null, old = false, aheadMs = 0 }: Doors = {}) {
  const said: [string, unknown][] = []
  const rejected: Rejection[] = []
  const failed: string[] = []
  let now = t0
  let seq = 0
  const gate = createGate({
    store,
    now: () => now,
    publish: (topic, payload) => {
      said.push([topic, JSON.parse(payload)])
      return publish()
    },
    onRejected: (rejection) => rejected.push(rejection),
    onFailure: (device, error) => failed.push(`${device}: ${error.message}`),
    problem: () => problem,
    usedCodes,
    aheadMs: () => aheadMs,
    newTxn: () => 'txn-1',
  })
  gate.setAccounts(accounts)
  const ingest = createIngest({ store, onAccepted: (accepted) => gate.heard(accepted, old) })
  function hear(extra: Parameters<typeof sent>[0]): void {
    const message = sent({ seq: seq++, ...extra })
    now = message.arrivedAt
    ingest.receive(message)
  }
  return {
    said,
    rejected,
    failed,
    gate,
    causes: () => rejected.map(({ cause }) => cause),
    opened: () => said.map(([topic]) => topic.split('/')[4]),
    hear,
    scan: (code: string, extra: Parameters<typeof sent>[0] = {}) =>
      hear({ channel: 'event/scan', data: { code }, ...extra }),
    /** Codes that reach the engine. */
    admitted: () =>
      ingest.flush().events.flatMap((event) => {
        const scan = event.kind === 'scan' ? gate.admitted(event) : null
        return scan?.kind === 'scan' ? [scan.code] : []
      }),
  }
}

describe('createGate() with cards', () => {
  test('opens for the code of an account, for five seconds', () => {
    const { said, scan, admitted } = doors()
    scan('A2')
    expect(said).toEqual([['tillfree/1/s1/dev/gate1/cmd/open', { txn: 'txn-1', expiresAt: t0 + 50 + 5000 }]])
    expect(admitted()).toEqual(['A2'])
  })

  test('stays closed for an unknown code, and does not tell the whole of it', () => {
    const { said, rejected, scan, admitted } = doors()
    scan('SECRET-CODE')
    expect([said, admitted()]).toEqual([[], []])
    expect(rejected).toMatchObject([{ cause: 'code', device: 'gate1', found: '"SECR…"' }])
  })

  test('knows whom it let in, however much the reader of another gate says', () => {
    const { scan, admitted } = doors()
    scan('A1')
    for (let guess = 0; guess < 1000; guess++) scan(`x${guess}`, { device: 'gate2', at: 50 })
    expect(admitted()).toEqual(['A1'])
  })

  test('stays closed for a scan that comes too late or was retained, and keeps it from the engine', () => {
    const { said, hear, scan, admitted } = doors()
    hear({ at: 5_000 })
    scan('A1', { delayMs: 5_900 })
    scan('A1', { at: 6000, retain: true })
    // The engine would take who comes in next for them.
    expect([said, admitted()]).toEqual([[], []])
  })

  test('stays closed for who has not paid, says why, and keeps the scan from the engine, once', () => {
    const { said, rejected, scan, admitted } = doors()
    scan('DEBTOR')
    scan('A1', { at: 100 })
    expect([said.length, admitted()]).toEqual([1, ['A1']])
    expect(rejected.map(({ cause, sentence }) => [cause, sentence])).toEqual([
      [
        'unpaid',
        'gate1 event/scan: the account of the code that was scanned has a bill that is not paid. ' +
          '/data/code: found "DEBT…", wanted the code of an account that owes nothing',
      ],
    ])
  })

  test('keeps a refused scan from the engine that the process before took in, and says nothing again', () => {
    const { said, rejected, scan, admitted } = doors({ old: true })
    scan('DEBTOR')
    scan('account:eva', { at: 100 })
    scan('A1', { at: 200 })
    expect([said, rejected, admitted()]).toEqual([[], [], ['A1']])
  })

  test('lets nobody in whose trip could not be written down, and uses up no code', () => {
    const { said, failed, scan, admitted } = doors({ problem: 'the disk is full' })
    const code = phone.show('s1', t0)
    scan('A1')
    scan(code, { at: 100 })
    expect([said, admitted()]).toEqual([[], []])
    expect(failed).toEqual(['gate1: the disk is full', 'gate1: the disk is full'])
    const later = doors()
    later.scan(code)
    expect(later.opened()).toEqual(['gate1'])
  })

  test('tells when the command could not be sent', async () => {
    const { failed, scan, admitted } = doors({ publish: () => Promise.reject(new Error('not connected')) })
    scan('A1')
    scan(phone.show('s1', t0), { at: 100 })
    await Promise.resolve()
    expect(failed).toEqual(['gate1: not connected', 'gate1: not connected'])
    // The gate stayed closed: the next who comes in must not be taken for them.
    expect(admitted()).toEqual([])
  })

  test('takes no cards for a minute after ten bad codes at a gate, and phones all the same', () => {
    const { opened, causes, scan } = doors()
    for (let i = 0; i < 10; i++) scan(`guess-${i}`, { at: i * 1000 })
    scan('A1', { at: 20_000 })
    scan('A1', { at: 20_100, device: 'gate2' })
    scan(phone.show('s1', t0 + 20_200), { at: 20_200 })
    scan('A1', { at: 60_000 })
    expect(opened()).toEqual(['gate2', 'gate1', 'gate1'])
    expect(causes().slice(10)).toEqual(['code-rate'])
  })
})

describe('createGate() with scans that are long over', () => {
  test('opens for none that was stored up, though nothing is known of the clock of its gate, and asks for another', () => {
    const { said, rejected, scan, admitted } = doors()
    const code = phone.show('s1', t0)
    scan(code, { delayMs: 21_700 })
    scan('A1', { at: 5000, delayMs: 16_800 })
    scan('A2', { at: 8000, delayMs: 13_900 })
    // The engine would take who comes in next for them.
    expect([said, admitted()]).toEqual([[], []])
    expect(rejected.map(({ cause, sentence }) => [cause, sentence])).toContainEqual([
      'scan-late',
      'gate1 event/scan: the scan came too late to open the gate, for whoever scanned may have gone. ' +
        "/data/code: found one of 22 s ago by the gate's clock, wanted one of now: scan again",
    ])
    expect(rejected).toHaveLength(3)
    scan(phone.show('s1', t0 + 25_000), { at: 25_000 })
    expect(admitted()).toEqual(['account:eva'])
  })

  test('opens for none either where a slow disk takes in what was stored up one by one', () => {
    const { said, scan } = doors()
    for (let i = 0; i < 8; i++) scan('A1', { at: i * 500, delayMs: 40_000 + i * 2000 })
    expect(said).toEqual([])
  })

  test('opens from the second scan on where the clock of the gate is behind, after one refusal', () => {
    const { opened, causes, scan, admitted } = doors()
    for (const at of [0, 2500, 5000, 300_000]) scan('A1', { at, delayMs: at === 2500 ? 20_600 : 20_050 })
    expect([opened(), causes(), admitted()]).toEqual([['gate1', 'gate1', 'gate1'], ['scan-late'], ['A1', 'A1', 'A1']])
  })

  test('opens at once where a gate whose clock is behind has said something a while before', () => {
    const { opened, hear, scan } = doors()
    hear({ channel: 'meta', data: { model: 'm', firmware: '1', channels: [] }, at: -3000, delayMs: 20_050 })
    scan('A1', { delayMs: 20_050 })
    expect(opened()).toEqual(['gate1'])
  })

  test('goes by no clock of an earlier boot', () => {
    const { opened, scan } = doors()
    scan('A1', { delayMs: 20_050 })
    scan('A1', { at: 3000, delayMs: 20_050, boot: 'b2' })
    expect(opened()).toEqual([])
  })

  test('takes nobody to be let in by a card that the process before refused, and those whose gate is behind to be', () => {
    const { said, rejected, scan, admitted } = doors({ old: true })
    scan('A1', { delayMs: 21_700 })
    scan('A2', { at: 3000, delayMs: 21_700 })
    expect([said, rejected.map(({ cause }) => cause), admitted()]).toEqual([[], [], ['A2']])
  })
})

describe('createGate() with codes of phones', () => {
  test('opens once, and tells the engine whose it is', () => {
    const { opened, causes, scan, admitted } = doors()
    const code = phone.show('s1', t0)
    scan(code)
    scan(code, { at: 1000 })
    scan(code, { at: 2000, device: 'gate2' })
    expect([opened(), causes(), admitted()]).toEqual([['gate1'], ['code-used', 'code-elsewhere'], ['account:eva']])
    expect(forEngine(accounts).map(({ codes }) => codes.at(-1))).toEqual(['account:ann', 'account:bob', 'account:eva'])
  })

  test('tells the engine whose it is by a code that it still knows when the phone was taken off meanwhile', () => {
    const { gate, scan, admitted } = doors()
    scan(phone.show('s1', t0))
    const withoutPhone = accounts.map(({ id, codes }) => ({ id, codes }))
    gate.setAccounts(withoutPhone)
    expect(admitted()).toEqual(['account:eva'])
    expect(forEngine(withoutPhone).at(-1)?.codes).toEqual(['account:eva'])
  })

  test('goes by the time that phones have, where its own clock was set back and runs ahead', () => {
    const { opened, causes, scan } = doors({ aheadMs: 3_600_000 })
    scan(phone.show('s1', t0 - 3_600_000))
    scan(phone.show('s1', t0))
    expect([opened(), causes()]).toEqual([['gate1'], ['code-early']])
  })

  test('lets others of a group in by the next codes of the same half minute, and no earlier one after a later', () => {
    const { opened, causes, rejected, scan } = doors()
    const [first, second, third] = [0, 1, 31_000].map((at) => phone.show('s1', t0 + at))
    scan(first ?? '')
    scan(third ?? '', { at: 29_000 })
    scan(second ?? '', { at: 29_500 })
    expect([opened(), causes()]).toEqual([['gate1', 'gate1'], ['code-used']])
    expect(rejected[0]?.sentence).toContain('older than another of the same phone, used at gate1 1 s ago')
  })

  test.each([
    ['code', newPhone().show('s1', t0)],
    ['code', 'account:eva'],
    ['code-altered', phone.show('s1', t0).replace(/.$/, (last) => (last === '0' ? '1' : '0'))],
    ['code-altered', phone.show('s1', t0).replace(/.$/, 'U')],
    ['code-store', phone.show('s2', t0)],
    ['code-old', phone.show('s1', t0 - 60_000)],
    ['code-early', phone.show('s1', t0 + 60_000)],
    ['unpaid', debtors.show('s1', t0)],
  ])('refuses with the cause %s', (cause, code) => {
    const { said, causes, rejected, scan, admitted } = doors()
    scan(code)
    expect([said, causes(), admitted()]).toEqual([[], [cause], []])
    expect(rejected[0]?.sentence).not.toContain(code.slice(0, 8))
  })

  test('says how far off a clock is', () => {
    const { rejected, scan } = doors()
    scan(phone.show('s1', t0 - 300_000))
    expect(rejected[0]?.sentence).toMatch(/is over.*found one of 300 s before the store's time, wanted one of now/)
  })

  test('knows after a restart which scan had opened the gate, and takes no code again', () => {
    const before = doors()
    const [first, second] = [phone.show('s1', t0), phone.show('s1', t0)]
    before.scan(first)
    const again = doors({ old: true })
    again.scan(first, { seq: 0 })
    again.scan(first, { seq: 1, at: 100 })
    again.scan(second, { seq: 2, at: 200 })
    expect([again.said, again.admitted()]).toEqual([[], ['account:eva']])
    const live = doors()
    live.scan(first, { at: 300 })
    expect([live.opened(), live.causes()]).toEqual([[], ['code-used']])
  })

  test('knows after a restart whose an earlier scan was, also when the phone was taken off meanwhile', () => {
    const code = phone.show('s1', t0)
    doors().scan(code)
    const again = doors({ old: true })
    again.gate.setAccounts(accounts.map(({ id, codes }) => ({ id, codes })))
    again.scan(code, { seq: 0 })
    expect(again.admitted()).toEqual(['account:eva'])
  })

  test('knows after a restart by which scan nobody came in, since the gate could not be told to open', async () => {
    const code = phone.show('s1', t0)
    const before = doors({ publish: () => Promise.reject(new Error('not connected')) })
    before.scan(code)
    await Promise.resolve()
    const again = doors({ old: true })
    again.scan(code, { seq: 0 })
    expect(again.admitted()).toEqual([])
    const live = doors()
    live.scan(code, { at: 300 })
    expect([live.opened(), live.causes()]).toEqual([[], ['code-used']])
  })

  test.each([
    ['asks again who came in by an earlier scan when the disk cannot be read at first', 1, ['account:eva'], []],
    ['takes nobody to be let in by an earlier scan while the disk cannot be read, and says so', 2, [], ['gate1']],
  ])('%s', (_, failures, admitted, failed) => {
    const code = phone.show('s1', t0)
    doors().scan(code)
    const { letInBy } = usedCodes
    let left = failures
    usedCodes = {
      ...usedCodes,
      letInBy(...asked) {
        if (left-- > 0) throw new Error('disk I/O error')
        return letInBy(...asked)
      },
    }
    const again = doors({ old: true })
    again.scan(code, { seq: 0 })
    expect(again.admitted()).toEqual(admitted)
    expect(again.failed.map((words) => words.split(':')[0])).toEqual(failed)
  })
})

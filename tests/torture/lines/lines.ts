/**
 * Real processes over bad lines: devices report to a gateway, shoppers come and go, the gateway delivers their bills and asks for
 * accounts, an office gives money back, the account service charges and refunds at a provider. In the end each message that was
 * acknowledged is observed once, each bill is one purchase of the same content, money moved once for each bill and refund, the books
 * balance and are what the provider has, and nothing was taken that nobody said.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { longestLateMs } from '../../../gateway/ingest/ingest.ts'
import { programHeaders } from '../../../gateway/testing/staff.ts'
import type { Account } from '../../../models/contracts/recording.ts'
import { newPhone } from '../../../models/entry/phone.ts'
import { type Database, openDatabase, type SqlRow, type SqlValue } from '../../../models/platform/open-database.ts'
import { Random } from '../../../simulators/random.ts'
import {
  accountsIn,
  type Books,
  requireBooks,
  requireDelivered,
  requirePaid,
  requireRefunds,
  withoutStore,
} from '../oracle/books.ts'
import { requireObserved } from '../oracle/devices.ts'
import { type JournalContents, readJournal, requireJournal } from '../oracle/journal.ts'
import { require, Violation } from '../oracle/violation.ts'
import type { Told } from '../world/device.ts'
import type { Customer } from '../world/service.ts'
import { shop } from '../world/shop.ts'
import { type Time, Visitors } from '../world/visitors.ts'
import { LineDevice } from './line-device.ts'
import { type LineFault, LineFaults } from './line-faults.ts'
import { LineOffice } from './office.ts'
import { type LineName, type Processes, startProcesses, withoutReviews } from './processes.ts'
import type { LineProvider } from './provider.ts'

export interface LinesFigures {
  readonly connections: number
  readonly faults: ReadonlyMap<LineFault, number>
  readonly acknowledged: number
  /** Said for the last time more than a minute late, and refused in words for that. */
  readonly tooLate: number
  /** What altered bytes did where nothing promises to notice them, in words. */
  readonly unnoticed: readonly string[]
  readonly bills: number
  readonly refunds: number
  readonly provider: LineProvider['name']
  /** How often the provider was asked, and what came of it. */
  readonly asked: number
  readonly captured: number
  readonly declined: number
}

/** Who comes while another is in with the same account is on the same bill: there are to be many bills. */
const customers: readonly Customer[] = Array.from({ length: 60 }, (_, i) => ({
  id: `shopper-${i}`,
  code: `CODE${String(i).padStart(8, '0')}`,
  phone: i % 2 === 0 ? newPhone() : null,
  token: `token-of-${i}`,
}))
const visitorEveryMs = 1200
const refundEveryMs = 3000
const lookEveryMs = 200
/** An answer is waited for ten seconds, and a bill is tried again after a minute at most; a visit takes half a minute. */
const calmMs = 180_000
/** A payment that went wrong all the time is asked after as late again as it is old, and after ten minutes at most. */
const longestAskMs = 600_000
/** As for the kills: until everything that was said is observed. */
const settledMs = 12_000
/** What a gateway may refuse in words that nobody mangled: what comes late, who owes, and codes that were copied off a phone. */
const expectedCauses: ReadonlySet<string> = new Set(['late', 'scan-late', 'unpaid', 'code-used', 'code-old'])

/** What the provider is to be asked, or told. */
const unpaid = `SELECT attempt_id FROM open_attempt UNION ALL SELECT refund_id FROM open_payout
  UNION ALL SELECT purchase_id FROM bill_payment WHERE state IN ('due', 'paying', 'authorised')`

/**
 * Takes a minute longer than `troubledMs`. `alterPlain`: bytes are altered on lines without TLS, too, where nothing promises to
 * notice it: what was heard wrong is told then. @throws Violation
 */
export async function sufferLines(seed: number, troubledMs: number, alterPlain = false): Promise<LinesFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'tillfree-lines-'))
  const faultsOf = (line: LineName) => new LineFaults(seed, line, alterPlain || line.endsWith('TLS'))
  const provider = new Random(seed, 'provider').pick(['stripe', 'alipay'] as const)
  const processes = await startProcesses(folder, provider, customers, faultsOf)
  const store = new LineStore(processes, seed)
  try {
    await store.begin()
    await store.work(troubledMs)
    for (const { faults } of Object.values(processes.lines)) faults.heal()
    await store.settle(calmMs + Math.min(troubledMs, longestAskMs))
    const metrics = await metricsOf(processes, await programHeaders(processes.data, 'viewer'))
    await store.stop()
    return await judged(store, processes, metrics, alterPlain)
  } finally {
    await store.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Who is at work there. */
class LineStore {
  readonly office: LineOffice
  readonly devices: readonly LineDevice[]
  readonly books: Books & { close(): void }
  readonly #processes: Processes
  readonly #visitors: Visitors
  readonly #random: Random
  readonly #journal: Books & { close(): void }
  /** What the gateway knows of the account service's. */
  readonly #accountsFile: string
  #stopped = false

  constructor(processes: Processes, seed: number) {
    const { lines, secrets, authority, cloudAuthority, accountsFile, data } = processes
    this.#processes = processes
    this.#accountsFile = join(data, `${shop.id}-accounts.json`)
    this.#random = new Random(seed, 'people')
    const service = { port: lines['office over TLS'].port, authority: cloudAuthority }
    this.office = new LineOffice(service, new Random(seed, 'office'))
    const device = (id: string, line: LineName, onCommand?: (topic: string, payload: string) => void) => {
      const overTls = line.endsWith('TLS')
      return new LineDevice({
        id,
        store: shop.id,
        url: `${overTls ? 'mqtts' : 'mqtt'}://127.0.0.1:${lines[line].port}`,
        connection: { username: id, password: secrets[id] ?? '', ...(overTls ? { ca: authority } : {}) },
        ...(onCommand === undefined ? {} : { onCommand }),
      })
    }
    const gate = device('gate1', 'devices over TLS', (topic, payload) => this.#visitors.commanded(topic, payload))
    const [g1, g2] = [device('g1', 'devices over TLS'), device('g2', 'devices')]
    const tracker = device('trk', 'devices')
    const shelves = new Map([g1, g2].map((shelf) => [shelf.id, shelf]))
    this.devices = [gate, g1, g2, tracker]
    this.#visitors = new Visitors(this.#time(), new Random(seed, 'visitors'), { gate, tracker, shelves })
    this.books = booksIn(accountsFile)
    this.#journal = booksIn(join(data, `${shop.id}.db`))
    for (const each of this.devices) each.start()
  }

  /** Phones that a gateway has not heard of yet open nothing: until it has heard of all. */
  async begin(): Promise<void> {
    await this.#until(Date.now() + calmMs, () => (existsSync(this.#accountsFile) ? '' : 'accounts are not known'))
  }

  /** People come and go, and bring things back. */
  async work(forMs: number): Promise<void> {
    const until = Date.now() + forMs
    const often = async (everyMs: number, work: () => void) => {
      while (Date.now() < until) {
        work()
        await pause(this.#random.exponential(everyMs))
      }
    }
    await Promise.all([
      often(visitorEveryMs, () => this.#visitors.come(this.#random.pick(customers))),
      often(refundEveryMs, () => this.#bringBack()),
    ])
  }

  /** Until nobody waits for anything any more. */
  async settle(withinMs: number): Promise<void> {
    const end = Date.now() + withinMs
    await this.#until(end, () => this.#leftOver())
    const saidAt = Date.now()
    const headers = await programHeaders(this.#processes.data, 'viewer')
    await this.#until(end + settledMs, async () =>
      (await edgeTime(this.#processes, headers)) < saidAt + settledMs ? 'time' : '',
    )
    await this.#until(end + settledMs, () => this.#leftOver())
  }

  async stop(): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    for (const each of this.devices) await each.stop()
    await this.#processes.stop()
    this.#journal.close()
  }

  #bringBack(): void {
    const trips = this.books.peek<{ trip: string }>(
      `SELECT ${withoutStore('trip_id')} AS trip FROM purchase
       WHERE status = 'final' AND account_id IS NOT NULL ORDER BY trip_id`,
    )
    if (trips.length > 0) void this.office.refund(this.#random.pick(trips).trip)
  }

  /** What is not done yet, in words. */
  #leftOver(): string {
    const parts = [
      [this.#visitors.present, 'people are there'],
      [this.devices.reduce((sum, { waiting }) => sum + waiting, 0), 'messages are not acknowledged'],
      [this.office.waiting, 'requests of the office are not answered'],
      [this.#journal.peek('SELECT seq FROM outbox WHERE delivered_at IS NULL').length, 'bills are not delivered'],
      [this.books.peek(unpaid).length, 'payments are not over'],
      [this.#unknownDebtors(), 'accounts owe and are let in, or the other way round'],
    ] as const
    return parts.flatMap(([count, words]) => (count === 0 ? [] : [`${count} ${words}`])).join(', ')
  }

  #unknownDebtors(): number {
    const known = JSON.parse(readFileSync(this.#accountsFile, 'utf8')) as readonly Account[]
    const refused = new Set(known.flatMap((account) => (account.refused === undefined ? [] : [account.id])))
    return accountsIn(this.books).filter((account) => (account.refused !== undefined) !== refused.has(account.id))
      .length
  }

  async #until(end: number, leftOver: () => string | Promise<string>): Promise<void> {
    const from = Date.now()
    for (let left = await leftOver(); left !== ''; left = await leftOver()) {
      if (Date.now() > end) throw new Violation(`everything is done within ${Math.round((end - from) / 1000)} s`, left)
      await pause(lookEveryMs)
    }
  }

  #time(): Time {
    const isOver = () => this.#stopped
    return {
      get now() {
        return Date.now()
      },
      after(ms, _what, run) {
        setTimeout(() => {
          if (!isOver()) run()
        }, ms)
      },
    }
  }
}

async function judged(
  { devices, office, books }: LineStore,
  { data, lines, provider, poor }: Processes,
  metrics: string,
  alterPlain: boolean,
): Promise<LinesFigures> {
  const contents: JournalContents = readJournal(join(data, `${shop.id}.db`))
  const tooLate = devices.flatMap(({ told }) => told.filter(isTooLate))
  const heard = [
    () => requireNothingMangled(metrics),
    () => requireObserved(devices, contents.observations, new Set(tooLate.map(({ id }) => id))),
  ]
  const unnoticed = alterPlain ? heard.flatMap(violationOf) : []
  if (!alterPlain) for (const rule of heard) rule()
  requireJournal(contents, new Map(), { judgedBy: withoutReviews })
  requireDelivered(books, contents.outbox)
  requireRefunds(books, office.refunds)
  const moves = provider.moves()
  await requireBooks(books, moves)
  requirePaid(books, moves, poor)
  books.close()
  const countOf = (kind: string) => [...moves.done.values()].filter(({ answer }) => answer.kind === kind).length
  const faults = new Map<LineFault, number>()
  for (const line of Object.values(lines))
    for (const [kind, count] of line.faults.counts) faults.set(kind, (faults.get(kind) ?? 0) + count)
  return {
    connections: Object.values(lines).reduce((sum, line) => sum + line.connections(), 0),
    faults,
    acknowledged: devices.reduce((sum, { told }) => sum + told.length, 0),
    tooLate: tooLate.length,
    unnoticed,
    bills: contents.outbox.length,
    refunds: office.refunds.size,
    provider: provider.name,
    asked: provider.asked(),
    captured: countOf('captured'),
    declined: countOf('declined'),
  }
}

function isTooLate({ payload, acknowledgedAt }: Told): boolean {
  const { ts } = JSON.parse(payload.toString()) as { ts: number }
  return acknowledgedAt !== null && acknowledgedAt - ts > longestLateMs
}

function metricsOf({ gateway }: Processes, headers: Readonly<Record<string, string>>): Promise<string> {
  return fetch(`http://127.0.0.1:${gateway.ready.httpPort}/metrics`, { headers }).then((answer) => answer.text())
}

async function edgeTime(processes: Processes, headers: Readonly<Record<string, string>>): Promise<number> {
  const now = Date.now()
  const metrics = await metricsOf(processes, headers)
  return now - 1000 * Number(/^tillfree_watermark_lag_seconds (\S+)$/m.exec(metrics)?.[1])
}

/** Every message that came to ingest was one that a device said. */
function requireNothingMangled(metrics: string): void {
  const refused = [...metrics.matchAll(/^tillfree_messages_rejected_total\{.*cause="([^"]+)"\} (\d+)$/gm)]
  const mangled = refused.filter(([, cause = '', count]) => count !== '0' && !expectedCauses.has(cause))
  require('no message that no device said reaches ingest', mangled.length === 0, mangled
    .map(([line]) => line)
    .join('; '))
}

function violationOf(rule: () => void): string[] {
  try {
    rule()
    return []
  } catch (error) {
    if (error instanceof Violation) return [error.message]
    throw error
  }
}

function booksIn(file: string): Books & { close(): void } {
  const database: Database = openDatabase(file)
  return {
    peek: <Row extends SqlRow>(sql: string, values: readonly SqlValue[] = []) =>
      database.prepare(sql).all<Row>(...values),
    close: () => database.close(),
  }
}

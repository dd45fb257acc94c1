import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AccountExport } from '../../models/contracts/privacy.ts'
import type { Account } from '../../models/contracts/recording.ts'
import { newPhone } from '../../models/entry/phone.ts'
import { dayMs } from '../../models/privacy/retention.ts'
import { createAccounts } from '../accounts.ts'
import { auditPayments } from '../payments/audit.ts'
import { createAuditLog } from '../people/audit-log.ts'
import { createSessions } from '../people/sessions.ts'
import { shopperLimits } from '../service.ts'
import { openSqlite } from '../sql.ts'
import { billed, purchaseOf } from '../testing/purchase.ts'
import { type Bench, call, newShopper, openBench, put, storeToken } from '../testing/service.ts'
import { closeAccount, personalTables } from './erase.ts'
import { removeOld } from './retention.ts'

let bench: Bench
let token = ''
beforeEach(async () => {
  bench = await openBench()
  token = await newAccount('anna-rossi', 'Anna Rossi')
})
afterEach(() => bench.close())

const newAccount = async (id: string, name: string) => (await newShopper(bench, id, name)).token
const buy = async (trip: string, changes: Parameters<typeof purchaseOf>[1] = {}) => {
  const answer = await call(
    bench.app,
    storeToken,
    '/v1/purchases',
    purchaseOf(trip, { account: 'anna-rossi', ...changes }),
  )
  await bench.payments.run()
  return answer
}
const newSession = (subject: string) =>
  createSessions(bench.sql, shopperLimits, bench.now).begin({ subject, way: 'email-code', place: '', device: '' })
const erase = () => {
  const headers = { cookie: `tillfree-account=${token}`, 'sec-fetch-site': 'same-origin' }
  return bench.app.inject({ method: 'DELETE', url: '/v1/me', headers })
}
const quiet = { info: () => {}, error: () => {} }
const nextDay = async () => {
  bench.advance(dayMs)
  while (await removeOld({ sql: bench.sql, now: bench.now, log: quiet }));
}
/** Asks for it, and lets a day pass. */
const eraseWhole = async () => {
  const asked = await erase()
  await nextDay()
  return asked
}
const accountsOfStore = async () =>
  (await call(bench.app, storeToken, '/v1/stores/s1/accounts')) as { body: Account[]; headers: { etag?: string } }

/** Everything that stands in the database, table by table. */
async function everything(): Promise<string> {
  const tables = await bench.sql.query<{ name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'table'`)
  const rows = []
  for (const { name } of tables) rows.push(name, await bench.sql.query(`SELECT * FROM ${name}`))
  return JSON.stringify(rows)
}

describe('DELETE /v1/me', () => {
  test('DELETE /v1/me leaves receipts and books, and nothing that says whose they were but the id for stores', async () => {
    const { publicKey, keyId } = newPhone()
    await call(bench.app, token, '/v1/me/phones', { publicKey, label: 'Anna’s phone' })
    await put(bench.app, token, '/v1/me/payment-method', { token: 'test-ok' })
    await buy('trip-1')
    const [entries, etag] = [
      await bench.sql.query('SELECT * FROM ledger_entry'),
      (await accountsOfStore()).headers.etag,
    ]
    expect((await eraseWhole()).statusCode).toBe(204)
    const [receipt] = await bench.sql.query<{ body: string; total_minor: number }>('SELECT * FROM purchase')
    expect(receipt).toMatchObject({ account_id: null, total_minor: 1199 })
    expect(JSON.parse(receipt?.body ?? '')).toMatchObject({
      account: null,
      bill: { shopper: 'erased', totalMinor: 1199 },
    })
    expect(await bench.sql.query('SELECT * FROM ledger_entry')).toEqual(entries)
    expect(await auditPayments(bench.sql)).toEqual([])
    const audit = JSON.stringify(await bench.sql.query('SELECT * FROM audit'))
    const left = await everything()
    for (const gone of ['Anna', publicKey, '"method":"test-ok"']) expect(left).not.toContain(gone)
    // The audit log has ids.
    for (const [id, others] of [
      ['anna-rossi', 1],
      [keyId, 0],
    ] as const)
      expect(left.split(id).length - audit.split(id).length).toBe(others)
    expect((await call(bench.app, token, '/v1/me')).status).toBe(401)
    const { body, headers } = await accountsOfStore()
    expect(body).toEqual([{ id: 'anna-rossi', codes: [], erased: true }])
    expect(headers.etag).not.toBe(etag)
  })

  test('DELETE /v1/me leaves nothing of what a store once sent beside the bill', async () => {
    await put(bench.app, token, '/v1/me/payment-method', { token: 'test-ok' })
    await buy('trip-1')
    const { bill, ...purchase } = purchaseOf('trip-1', { account: 'anna-rossi' })
    const more = { ...purchase, customer: 'anna@shop.example', bill: { ...bill, phone: '+39 055' } }
    await bench.sql.run('UPDATE purchase SET body = ?', [JSON.stringify(more)])
    expect((await eraseWhole()).statusCode).toBe(204)
    expect(await everything()).not.toMatch(/anna@shop|055/)
  })

  test('DELETE /v1/me waits until what is owed is paid, and what is in review decided', async () => {
    await put(bench.app, token, '/v1/me/payment-method', { token: 'test-declined' })
    await buy('trip-1')
    const owing = await erase()
    expect([owing.statusCode, owing.json().code]).toEqual([409, 'NOT_SETTLED'])
    await put(bench.app, token, '/v1/me/payment-method', { token: 'test-ok' })
    await bench.payments.run()
    const { bill, ...cart } = billed([])
    await buy('trip-2', { ...cart, bill: { ...bill, status: 'review' } })
    expect((await erase()).statusCode).toBe(409)
    await buy('trip-2', { ...cart, bill: { ...bill, checkedAt: purchaseOf('').tripEndTime + 1 } })
    expect((await erase()).statusCode).toBe(204)
  })

  test('DELETE /v1/me waits for a refund that is being sent, not for one that failed, which can be sent again without a name', async () => {
    await put(bench.app, token, '/v1/me/payment-method', { token: 'test-refund-returns' })
    await buy('trip-1')
    const refunds = '/v1/purchases/trip-1/refunds'
    await call(bench.app, storeToken, refunds, { idempotentRefundId: 'r-1', reason: 'faulty', amountMinor: 150 })
    expect((await erase()).statusCode).toBe(409)
    await bench.payments.run()
    bench.advance(86_400_000)
    await bench.payments.run()
    token = (await newShopper(bench, 'anna-rossi')).token
    expect((await eraseWhole()).statusCode).toBe(204)
    expect(await everything()).not.toMatch(/Anna|"account":"anna-rossi"/)
    const { body } = await call(bench.app, storeToken, '/v1/stores/s1/failed-refunds')
    expect(body).toMatchObject({ refunds: [{ tripId: 'trip-1', refund: { id: 'r-1', state: 'returned' } }] })
    expect((await accountsOfStore()).headers).toMatchObject({ 'failed-refunds': '1' })
    await call(bench.app, storeToken, `${refunds}/r-1/send-again`, {})
    await bench.payments.run()
    expect((await call(bench.app, storeToken, '/v1/stores/s1/failed-refunds')).body).toEqual({ refunds: [] })
    expect(await auditPayments(bench.sql)).toEqual([])
  })

  test('DELETE /v1/me charges a bill of a visit from before that comes within a day, and erases the account then', async () => {
    await put(bench.app, token, '/v1/me/payment-method', { token: 'test-ok' })
    const etag = (await accountsOfStore()).headers.etag
    await erase()
    expect((await buy('inside')).status).toBe(201)
    expect(await bench.sql.query('SELECT state FROM bill_payment')).toEqual([{ state: 'paid' }])
    const { body, headers } = await accountsOfStore()
    expect(body).toEqual([{ id: 'anna-rossi', codes: [], staff: false }])
    expect(headers.etag).not.toBe(etag)
    bench.advance(dayMs / 2)
    await removeOld({ sql: bench.sql, now: bench.now, log: quiet })
    expect(await everything()).toContain('Anna')
    await nextDay()
    expect(await everything()).not.toMatch(/Anna|"account":"anna-rossi"/)
    expect((await accountsOfStore()).body).toEqual([{ id: 'anna-rossi', codes: [], erased: true }])
    expect(await auditPayments(bench.sql)).toEqual([])
  })

  test('DELETE /v1/me lets nobody into the account from then on: no session, no phone, no card, no link, no new name', async () => {
    await call(bench.app, token, '/v1/me/phones', { publicKey: newPhone().publicKey, label: 'Phone' })
    await erase()
    expect((await accountsOfStore()).body).toEqual([{ id: 'anna-rossi', codes: [], staff: false }])
    expect((await call(bench.app, token, '/v1/me')).status).toBe(401)
    const phone = { publicKey: newPhone().publicKey, label: 'Another' }
    const asked = [
      await call(bench.app, storeToken, '/v1/accounts/anna-rossi/phones', phone),
      await call(bench.app, storeToken, '/v1/accounts/anna-rossi/sign-in-link', {}),
      await call(bench.app, storeToken, '/v1/accounts', { id: 'anna-rossi', name: 'Anna' }),
    ]
    expect(asked.map(({ body }) => (body as { code: string }).code)).toEqual(Array(3).fill('BEING_ERASED'))
    await call(bench.app, storeToken, '/v1/accounts', { id: 'otto', name: 'Otto', staff: true })
    const staff = async () => ((await accountsOfStore()).body as Account[]).find(({ id }) => id === 'otto')
    expect((await staff())?.codes).toHaveLength(1)
    await bench.sql.transaction((session) => closeAccount(session, 'otto', bench.now()))
    expect(await staff()).toEqual({ id: 'otto', codes: [], staff: true })
  })

  test('DELETE /v1/me waits on when a bill of a visit from before cannot be paid, and lets the shopper in to pay it', async () => {
    await call(bench.app, storeToken, '/v1/accounts', { id: 'anna-rossi', name: 'Anna Rossi', email: 'a@example.com' })
    await put(bench.app, token, '/v1/me/payment-method', { token: 'test-declined' })
    await erase()
    const accounts = createAccounts(bench.sql, bench.now)
    await expect(accounts.ofEmail('a@example.com')).rejects.toThrow('being erased')
    await buy('inside')
    await nextDay()
    expect(await everything()).toContain('Anna')
    expect(await accounts.ofEmail('a@example.com')).toMatchObject({ account: { id: 'anna-rossi' }, isNew: false })
    token = (await newSession('anna-rossi')).token
    const phone = await call(bench.app, token, '/v1/me/phones', { publicKey: newPhone().publicKey, label: 'Phone' })
    expect((phone.body as { code: string }).code).toBe('BEING_ERASED')
    await put(bench.app, token, '/v1/me/payment-method', { token: 'test-ok' })
    await bench.payments.run()
    await nextDay()
    expect(await everything()).not.toMatch(/Anna|example|"account":"anna-rossi"/)
    expect(await auditPayments(bench.sql)).toEqual([])
  })

  test('DELETE /v1/me does not lose a bill that a store delivers later, nor takes it twice', async () => {
    await eraseWhole()
    const [first, again] = [await buy('late'), await buy('late')]
    expect([first.status, again.status]).toEqual([201, 200])
    expect(await everything()).not.toMatch(/"account":"anna-rossi"/)
    expect(await bench.sql.query('SELECT state FROM bill_payment')).toEqual([{ state: 'nothing-due' }])
    const another = await newAccount('anna-rossi', 'Another')
    await buy('later still')
    const tripStartTime = bench.now()
    await buy('hers', { tripStartTime, tripEndTime: tripStartTime + 60_000 })
    expect((await call(bench.app, another, '/v1/me/bills')).body).toMatchObject({
      bills: [{ tripId: 'hers' }],
    })
    expect((await accountsOfStore()).body).toEqual([{ id: 'anna-rossi', codes: [], staff: false }])
  })

  test('DELETE /v1/me knows every table that says whose something is', async () => {
    const columns = await bench.sql.query<{ table: string; column: string }>(
      `SELECT schema.name AS "table", info.name AS "column" FROM sqlite_schema AS schema, pragma_table_info(schema.name) AS info
       WHERE schema.type = 'table' AND schema.name <> 'purchase'
         AND info.name IN ('account_id', 'account', 'subject', 'owner', 'email', 'person', 'who', 'about')
         AND schema.name NOT IN ('ledger_entry', 'account', 'audit')`,
    )
    expect(columns).toEqual(personalTables)
  })
})

describe('GET /v1/me/export', () => {
  test('GET /v1/me/export gives all of it, and nothing of others', async () => {
    const { publicKey, keyId } = newPhone()
    await call(bench.app, token, '/v1/me/phones', { publicKey, label: 'Phone' })
    await put(bench.app, token, '/v1/me/payment-method', { token: 'test-ok' })
    for (let i = 0; i < 103; i++) await buy(`trip-${i}`)
    await newAccount('otto', 'Otto')
    await buy('ottos', { account: 'otto' })
    const { status, body, headers } = await call(bench.app, token, '/v1/me/export')
    const all = body as AccountExport
    expect([status, headers['content-disposition'], headers['cache-control']]).toEqual([
      200,
      expect.stringContaining('attachment'),
      'no-store',
    ])
    expect(all.bills.map(({ tripId }) => tripId).sort()).toEqual(
      Array.from({ length: 103 }, (_, i) => `trip-${i}`).sort(),
    )
    expect(all).toMatchObject({
      account: { id: 'anna-rossi', name: 'Anna Rossi' },
      phones: [{ id: keyId, label: 'Phone' }],
      sessions: [{ way: 'link', device: 'test' }],
      paymentMethod: { provider: 'test', token: 'test-ok' },
    })
    expect(all.log.slice(0, 3)).toMatchObject([
      { what: 'exported', who: 'anna-rossi', place: '127.0.0.1' },
      { what: 'payment-method-changed', who: 'anna-rossi' },
      { what: 'phone-added', who: 'anna-rossi', about: keyId },
    ])
    expect(all.log.at(-1)).toMatchObject({ what: 'account-made', who: 'store s1', about: 'anna-rossi' })
    expect(JSON.stringify(all)).not.toMatch(/otto/i)
  })

  test('GET /v1/me/export gives no log of others to an account that is called as a command, a trip or a phone of theirs is', async () => {
    const log = createAuditLog(bench.sql, Date.now)
    await log.append({ what: 'exported', who: 'command', about: 'anna-rossi' })
    await log.append({ what: 'refund-granted', who: 'store s2', about: 'trip-7', place: '192.0.2.7' })
    await log.append({ what: 'phone-added', who: 'anna-rossi', about: 'trip-7', place: '192.0.2.8' })
    for (const id of ['command', 'trip-7']) {
      const { body } = await call(bench.app, await newAccount(id, 'Somebody'), '/v1/me/export')
      const acts = (body as AccountExport).log
      expect(JSON.stringify(acts)).not.toMatch(/anna|192\.0\.2/)
      expect(acts[0]).toMatchObject({ what: 'exported', who: id })
    }
  })
})

describe('npm run privacy', () => {
  test('npm run privacy exports, signs out and erases, and says in words what cannot be', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tillfree-privacy-'))
    const run = (...args: string[]) => {
      try {
        const command = ['run.mjs', 'cloud-sync/privacy/main.ts', ...args, '--data', folder]
        return execFileSync(process.execPath, command, { encoding: 'utf8', stdio: 'pipe' })
      } catch (error) {
        return (error as { stderr: string }).stderr
      }
    }
    await bench.sql.run(`VACUUM INTO '${join(folder, 'accounts.db')}'`)
    const out = join(folder, 'anna.json')
    expect(run('export', 'anna-rossi', '--out', out)).toContain('0 bills among it')
    expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({ account: { name: 'Anna Rossi' } })
    expect(statSync(out).mode & 0o077).toBe(0)
    expect(run('export', 'anna-rossi', '--out', out)).toBe(`${out} is there already; name a new file\n`)
    const nowhere = join(folder, 'nowhere')
    expect(run('export', 'anna-rossi', '--out', join(nowhere, 'a.json'))).toBe(
      `${nowhere} was not found: --out wants a folder that is there\n`,
    )
    expect(run('sign-out', 'anna-rossi')).toBe('anna-rossi was signed out everywhere (1 session)\n')
    expect(run('sign-out', 'ghost')).toContain('there is no such account')
    const signedOut = openSqlite(join(folder, 'accounts.db'))
    expect(await signedOut.query('SELECT id FROM session UNION SELECT digest FROM sign_in_link')).toEqual([])
    const noted = await signedOut.query("SELECT what, about, detail FROM audit WHERE who = 'command' ORDER BY what")
    const by = `by ${userInfo().username}`
    expect(noted).toEqual([
      { what: 'exported', about: 'anna-rossi', detail: by },
      { what: 'sessions-ended', about: 'anna-rossi', detail: `1, ${by}` },
    ])
    await signedOut.close()
    // Who of the shop's people typed a command is not the person's.
    expect(run('export', 'anna-rossi', '--out', join(folder, 'later.json'))).toContain('0 bills')
    const { log } = JSON.parse(readFileSync(join(folder, 'later.json'), 'utf8')) as { log: { who: string }[] }
    expect(log.filter(({ who }) => who === 'command')).toEqual(
      ['sessions-ended', 'exported'].map((what) => expect.objectContaining({ what, detail: null })),
    )
    expect(run('erase', 'anna-rossi')).toContain('anna-rossi is let in nowhere any more')
    expect(run('erase', 'ghost')).toContain('there is no such account')
    const sql = openSqlite(join(folder, 'accounts.db'))
    const aDayLater = () => Date.now() + dayMs + 1
    expect(await sql.query("SELECT who FROM audit WHERE what = 'account-closed'")).toEqual([{ who: 'command' }])
    await removeOld({ sql, now: aDayLater, log: quiet })
    expect(await sql.query('SELECT * FROM account')).toEqual([])
    await sql.close()
    rmSync(folder, { recursive: true })
  })
})

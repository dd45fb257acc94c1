/** Who may do what at the gateway, through its routes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Access, roles } from '../../cloud-sync/people/access.ts'
import { ownSite } from '../../cloud-sync/people/own-site.ts'
import { type Visitor, visitor } from '../../cloud-sync/testing/visitor.ts'
import type { StaffRole } from '../../models/contracts/staff.ts'
import { openDatabase } from '../../models/platform/open-database.ts'
import { digestOf } from '../credentials/secret.ts'
import { build } from '../http/server.ts'
import { testHttpDeps } from '../testing/http.ts'
import { testStaff } from '../testing/staff.ts'
import { createDoor } from './door.ts'
import { openStaffBook, type StaffBook, staffFile } from './staff-book.ts'

const ranks: readonly (Access | null)[] = roles
const hourMs = 3_600_000
const simulatorSecret = 'secret-of-the-simulator'
let time: number
let staff: StaffBook
let app: Awaited<ReturnType<typeof build>>
beforeEach(async () => {
  time = Date.UTC(2026, 10, 22, 9)
  staff = await testStaff(() => time++)
  app = await build(await testHttpDeps({ staff, door: createDoor(staff, () => digestOf(simulatorSecret)) }))
})
afterEach(async () => {
  await app.close()
  await staff.close()
})

const page = (from?: string) => visitor(app, { 'sec-fetch-site': 'same-origin', host: 'localhost:8080' }, from)
async function signedIn(name: string, role: StaffRole): Promise<Visitor> {
  const { secret } = await staff.add(name, role)
  const visit = page()
  expect((await visit.ask('POST', '/api/sign-in/link', { secret })).status).toBe(204)
  return visit
}
const get = async (url: string, headers: Record<string, string>) => (await app.inject({ url, headers })).statusCode
const acts = async () =>
  (await staff.people.audit.latest(100)).map(({ who, what, about }) => [who, what, about]).reverse()

describe('routes of the gateway', () => {
  test('every one says who may use it, and lets in no less', async () => {
    const tokens: Record<string, string> = {}
    for (const role of ['viewer', 'operator'] as const) tokens[role] = await staff.addProgram(`${role} program`, role)
    const open: string[] = []
    for (const { method, url, access } of app.routeAccess) {
      expect(access, `${method} ${url}`).not.toBeNull()
      if (method === 'HEAD') continue
      if (access === 'anyone') {
        open.push(`${method} ${url.replace('/*', '/')}`)
        continue
      }
      const target = { method: method as 'GET', url: url.replaceAll(/:\w+/g, 'x').replaceAll('*', 'x') }
      expect((await app.inject(target)).json(), `${method} ${url}`).toMatchObject({ statusCode: 401, code: 'SIGN_IN' })
      const rank = ranks.indexOf(access)
      expect(rank, `${method} ${url}: ${access}`).not.toBe(-1)
      for (const below of roles.slice(0, rank)) {
        const answer = await app.inject({ ...target, headers: { authorization: `Bearer ${tokens[below]}` } })
        expect(answer.json(), `${method} ${url} by ${below}`).toMatchObject({ statusCode: 403, code: 'NOT_ALLOWED' })
      }
    }
    expect(open.sort()).toEqual([
      'GET /',
      'GET /api/sign-in',
      'GET /healthz',
      'GET /readyz',
      'POST /api/sign-in/link',
      'POST /api/sign-in/passkey',
      'POST /api/sign-in/passkey/question',
    ])
  })

  test('are for viewers where they show, for operators where they decide, for admins where they let in', () => {
    const needs = Object.fromEntries(app.routeAccess.map(({ method, url, access }) => [`${method} ${url}`, access]))
    expect(needs).toMatchObject({
      'GET /api/live': 'viewer',
      'GET /api/live.json': 'viewer',
      'GET /api/store': 'viewer',
      'GET /api/devices': 'viewer',
      'GET /api/bills': 'viewer',
      'GET /api/reviews/:tripId': 'viewer',
      'GET /metrics': 'viewer',
      'GET /docs': 'viewer',
      'GET /openapi.json': 'viewer',
      'POST /api/reviews/:tripId': 'operator',
      'GET /api/cameras/:camera/still': 'operator',
      'GET /api/bills-file': 'operator',
      'GET /api/staff': 'admin',
      'POST /api/staff': 'admin',
      'GET /api/audit': 'admin',
    })
  })

  test('know the simulator by its secret, and nobody by a guess', async () => {
    expect(await get('/api/bills-file', { authorization: `Bearer ${simulatorSecret}` })).toBe(200)
    expect(await get('/api/staff', { authorization: `Bearer ${simulatorSecret}` })).toBe(403)
    expect(await get('/api/live.json', { authorization: 'Bearer guess' })).toBe(401)
  })
})

describe('staff', () => {
  test('sign in with a code once, are who they are, and sign out', async () => {
    const { secret } = await staff.add('marta', 'viewer')
    const [marta, other] = [page(), page()]
    const answer = await marta.ask('POST', '/api/sign-in/link', { secret })
    expect(answer.cookie).toMatch(/^tillfree-staff=[\w-]{43}; Max-Age=86400; Path=\/; HttpOnly; SameSite=Strict$/)
    expect(await other.ask('POST', '/api/sign-in/link', { secret })).toMatchObject({ status: 422 })
    expect((await marta.ask('GET', '/api/me')).body).toMatchObject({ name: 'marta', role: 'viewer', isProgram: false })
    await marta.ask('POST', '/api/me/sign-out')
    expect((await marta.ask('GET', '/api/me')).status).toBe(401)
    expect(await acts()).toEqual([
      ['marta', 'signed-in', null],
      [null, 'sign-in-refused', null],
      ['marta', 'signed-out', null],
    ])
  })

  test('are signed out an hour after the last use, and a day after they signed in', async () => {
    const marta = await signedIn('marta', 'viewer')
    for (let i = 0; i < 25; i++) {
      time += 0.95 * hourMs
      expect((await marta.ask('GET', '/api/me')).status).toBe(200)
    }
    time += hourMs / 2
    expect((await marta.ask('GET', '/api/me')).status).toBe(401)
    const otto = await signedIn('otto', 'viewer')
    time += hourMs + 60_000
    expect((await otto.ask('GET', '/api/me')).status).toBe(401)
  })

  test('may at once what their role is now, and nothing once they have left', async () => {
    const marta = await signedIn('marta', 'viewer')
    expect((await marta.ask('GET', '/api/bills-file')).status).toBe(403)
    await staff.setRole('marta', 'operator')
    expect((await marta.ask('GET', '/api/bills-file')).status).toBe(200)
    await staff.remove('marta')
    expect((await marta.ask('GET', '/api/me')).status).toBe(401)
    expect(await acts()).toEqual([
      ['marta', 'signed-in', null],
      ['marta', 'not-allowed', 'GET /api/bills-file'],
      ['marta', 'exported', 'bills-file'],
    ])
  })

  test('stand in the audit log with what they may not, thirty times an hour', async () => {
    const [marta, otto] = [await signedIn('marta', 'viewer'), await signedIn('otto', 'viewer')]
    for (let i = 0; i < 40; i++) expect((await marta.ask('GET', '/api/bills-file')).status).toBe(403)
    expect((await otto.ask('GET', '/api/bills-file')).status).toBe(403)
    const refused = (await acts()).filter(([, what]) => what === 'not-allowed')
    expect([refused.length, refused.at(-1)?.[0]]).toEqual([31, 'otto'])
  })

  test('settle reviews under their own name', async () => {
    const asked: unknown[] = []
    const decide = async (...decision: unknown[]) => {
      asked.push(decision)
      return { kind: 'decided' as const, totalMinor: 150, duplicate: false }
    }
    const reviews = { one: async () => null, decide }
    const own = await build(await testHttpDeps({ staff, door: createDoor(staff, () => null), reviews }))
    const marta = await signedIn('marta', 'operator')
    const headers = { cookie: marta.cookie() ?? '', 'sec-fetch-site': 'same-origin' }
    const payload = { lines: [{ sku: 'water', quantity: 1 }], reviewer: 'otto' }
    await own.inject({ method: 'POST', url: '/api/reviews/trip-1', headers, payload })
    expect(asked).toMatchObject([['trip-1', { reviewer: 'marta' }]])
    expect((await acts()).at(-1)).toEqual(['marta', 'review-settled', 'trip-1'])
    const elsewhere = { ...headers, 'sec-fetch-site': 'cross-site' }
    const foreign = await own.inject({ method: 'POST', url: '/api/reviews/trip-2', headers: elsewhere, payload })
    expect([foreign.statusCode, asked.length]).toEqual([403, 1])
    await own.close()
  })
})

describe('admins', () => {
  test('add people, change roles, hand out codes and shut out; it stands in the audit log', async () => {
    const anna = await signedIn('anna', 'admin')
    const { body } = await anna.ask('POST', '/api/staff', { name: 'Otto B.', role: 'viewer' })
    const otto = page()
    await otto.ask('POST', '/api/sign-in/link', { secret: String(body.secret) })
    expect((await anna.ask('PUT', '/api/staff/Otto%20B./role', { role: 'operator' })).status).toBe(204)
    expect((await otto.ask('GET', '/api/me')).body).toMatchObject({ name: 'Otto B.', role: 'operator' })
    expect((await anna.ask('POST', '/api/staff/otto%20b./shut-out')).status).toBe(204)
    expect((await otto.ask('GET', '/api/me')).status).toBe(401)
    const again = (await anna.ask('POST', '/api/staff/Otto%20B./sign-in-code')).body
    expect((await otto.ask('POST', '/api/sign-in/link', { secret: String(again.secret) })).status).toBe(204)
    expect((await anna.ask('DELETE', '/api/staff/Otto%20B.')).status).toBe(204)
    const log = (await anna.ask('GET', '/api/audit?limit=100')).body as unknown as { what: string; who: string }[]
    expect(log.map(({ who, what }) => `${who} ${what}`).reverse()).toEqual([
      'anna signed-in',
      'anna account-made',
      'Otto B. signed-in',
      'anna role-changed',
      'anna sessions-ended',
      'anna sign-in-link-made',
      'Otto B. signed-in',
      'anna account-removed',
    ])
    for (const secret of [body.secret, again.secret]) expect(JSON.stringify(log)).not.toContain(secret)
  })

  test('let somebody go with all that signs them in, or not at all: the same name may be given again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tillfree-staff-'))
    const file = staffFile(folder)
    const book = await openStaffBook({ file, site: ownSite(null), now: Date.now })
    await book.add('marta', 'operator')
    const { token } = await book.people.sessions.begin({ subject: 'marta', way: 'link', place: '', device: '' })
    const full = openDatabase(file)
    full.exec(`CREATE TRIGGER full BEFORE DELETE ON session BEGIN SELECT RAISE(ABORT, 'disk is full'); END`)
    await expect(book.remove('marta')).rejects.toThrow('disk is full')
    expect(await book.find('marta')).toMatchObject({ role: 'operator' })
    full.exec('DROP TRIGGER full')
    full.close()
    await book.remove('marta')
    await book.add('marta', 'viewer')
    expect(await book.people.sessions.find(token)).toBeNull()
    await book.close()
    rmSync(folder, { recursive: true })
  })

  test('change nobody where the audit log cannot say so, and neither twice when they ask again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tillfree-staff-'))
    const file = staffFile(folder)
    const book = await openStaffBook({ file, site: ownSite(null), now: Date.now })
    const changes = [
      (name: string) => book.add(name, 'viewer', { what: 'account-made', about: name }),
      (name: string) => book.addProgram(`${name}'s`, 'viewer', { what: 'account-made', about: `${name}'s` }),
      (name: string) => book.setRole(name, 'operator', { what: 'role-changed', about: name }),
      (name: string) => book.newCode(name, { what: 'sign-in-link-made', about: name }),
      (name: string) => book.shutOut(name, { what: 'sessions-ended', about: name }),
      (name: string) => book.remove(name, { what: 'account-removed', about: name }),
    ]
    const full = openDatabase(file)
    const state = async () => [await book.list(), full.prepare('SELECT digest FROM sign_in_link').all()]
    for (const change of changes) {
      const before = await state()
      full.exec(`CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk is full'); END`)
      await expect(change('marta')).rejects.toThrow('disk is full')
      expect(await state()).toEqual(before)
      full.exec('DROP TRIGGER full')
      await change('marta')
    }
    const said = (await book.people.audit.latest(10)).map(({ what }) => what).reverse()
    expect(said).toEqual([
      'account-made',
      'account-made',
      'role-changed',
      'sign-in-link-made',
      'sessions-ended',
      'account-removed',
    ])
    full.close()
    await book.close()
    rmSync(folder, { recursive: true })
  })

  test('must have signed in just now to let others in, and one of them stays', async () => {
    const anna = await signedIn('anna', 'admin')
    for (const answer of [
      await anna.ask('DELETE', '/api/staff/anna'),
      await anna.ask('PUT', '/api/staff/anna/role', { role: 'viewer' }),
      await anna.ask('POST', '/api/staff', { name: 'ANNA', role: 'viewer' }),
      await anna.ask('POST', '/api/staff/ghost/sign-in-code'),
      await anna.ask('POST', '/api/staff/ghost/shut-out'),
    ])
      expect(answer).toMatchObject({ status: 409, body: { code: 'NOT_SO' } })
    expect((await anna.ask('POST', '/api/staff', { name: 'a/b', role: 'viewer' })).status).toBe(400)
    time += 10 * 60_000
    expect(await anna.ask('POST', '/api/staff', { name: 'otto', role: 'admin' })).toMatchObject({
      status: 403,
      body: { code: 'SIGN_IN_AGAIN' },
    })
    await expect(staff.addProgram('robot', 'admin')).rejects.toThrow('only people decide')
  })
})

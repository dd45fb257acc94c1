import { mkdtemp, rm } from 'node:fs/promises'
import { get, type RequestOptions } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ownSite } from '../../cloud-sync/people/own-site.ts'
import { visitor } from '../../cloud-sync/testing/visitor.ts'
import { isLoopback } from '../../cloud-sync/tls-server.ts'
import { openBrokerCertificates } from '../certificates/certificate-folder.ts'
import { openStaffBook } from '../staff/staff-book.ts'
import { testHttpDeps } from '../testing/http.ts'
import { until } from '../testing/until.ts'
import { build } from './server.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillfree-https-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test("pages for the network come over TLS with the store's certificate, and cookies for that host alone", async () => {
  const names = [{ type: 'dns' as const, value: 'localhost' }]
  const { authority, broker } = await openBrokerCertificates(folder, 's1', names, Date.now())
  const staff = await openStaffBook({ file: ':memory:', site: ownSite(null, true), now: Date.now })
  const app = await build(await testHttpDeps({ tls: broker, staff }))
  // Fastify does not know what the server speaks that it was given.
  const url = (await app.listen({ port: 0, host: '127.0.0.1' })).replace('http:', 'https:')
  const status = (options: RequestOptions = {}) =>
    new Promise<number | undefined>((resolve, reject) => {
      get(`${url.replace('127.0.0.1', 'localhost')}/healthz`, { ca: authority, agent: false, ...options }, (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      }).on('error', reject)
    })
  expect(await status()).toBe(200)
  await expect(status({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1' })).rejects.toThrow()
  await expect(status({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-SHA' })).rejects.toThrow()
  await expect(fetch(url.replace('https', 'http'))).rejects.toThrow()
  const { secret } = await staff.add('marta', 'viewer')
  const page = visitor(app, { origin: 'https://gateway.local:8080', host: 'gateway.local:8080' })
  const { cookie } = await page.ask('POST', '/api/sign-in/link', { secret })
  expect(cookie).toMatch(/^__Host-tillfree-staff=[\w-]{43}; .*; HttpOnly; SameSite=Strict; Secure$/)
  expect((await page.ask('GET', '/api/sign-in')).body).toEqual({ email: false, passkey: true })
  await app.close()
  await staff.close()
})

test('strangers who finish no handshake are closed when one address has too many of them, and who asks is heard', async () => {
  const names = [{ type: 'dns' as const, value: 'localhost' }]
  const { authority, broker } = await openBrokerCertificates(folder, 's1', names, Date.now())
  const app = await build(await testHttpDeps({ tls: broker }))
  const { port } = new URL(await app.listen({ port: 0, host: '127.0.0.1' }))
  const strangers = Array.from({ length: 100 }, () => connect(Number(port), '127.0.0.1').on('error', () => {}))
  await until(() => strangers.filter(({ destroyed }) => destroyed).length >= 36)
  const status = await new Promise<number | undefined>((resolve, reject) => {
    get(`https://localhost:${port}/healthz`, { ca: authority, agent: false, family: 4 }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    }).on('error', reject)
  })
  expect(status).toBe(200)
  for (const socket of strangers) socket.destroy()
  await app.close()
})

test('isLoopback() knows what nobody else can reach', () => {
  expect(['127.0.0.1', '::1', 'localhost', '127.1.2.3'].every(isLoopback)).toBe(true)
  expect(['0.0.0.0', '::', '192.168.1.4', '127.0.0.1.evil.example'].some(isLoopback)).toBe(false)
})

/** The account service on the network, as its process: over https with the certificate it is given, or not at all. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get, type RequestOptions } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { issue, makeAuthority } from '../../gateway/certificates/certificate.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillfree-https-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function start(...args: string[]) {
  const main = ['run.mjs', 'cloud-sync/main.ts', '--data', join(folder, 'data'), '--port', '0', ...args]
  const child = spawn(process.execPath, main)
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const exit = once(child, 'close').then(([code]) => ({ code, errors }))
  return { child, exit }
}

/** The status and the cookie-less head of an answer. */
function ask(port: number, options: RequestOptions): Promise<{ status: number | undefined; sts: string | undefined }> {
  return new Promise((resolve, reject) => {
    get(`https://localhost:${port}/v1/sign-in`, { agent: false, ...options }, (answer) => {
      answer.resume()
      resolve({ status: answer.statusCode, sts: answer.headers['strict-transport-security'] })
    }).on('error', reject)
  })
}

describe('the account service', () => {
  test('speaks https with a certificate, TLS 1.2 and later, and nothing in plain', async () => {
    const authority = await makeAuthority('test', Date.now())
    const names = [{ type: 'dns' as const, value: 'localhost' }]
    const made = await issue(authority, { commonName: 'localhost', purpose: 'server', names }, Date.now())
    const [certificate, key] = [join(folder, 'server.pem'), join(folder, 'server-key.pem')]
    writeFileSync(certificate, made.certificate)
    writeFileSync(key, made.key)
    const { child, exit } = start('--tls-certificate', certificate, '--tls-key', key, '--host', '0.0.0.0')
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
    const { port } = JSON.parse(line) as { port: number }
    const trusted = { ca: authority.certificate }
    expect(await ask(port, trusted)).toEqual({ status: 200, sts: 'max-age=31536000; includeSubDomains' })
    await expect(ask(port, {})).rejects.toThrow()
    await expect(ask(port, { ...trusted, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' })).rejects.toThrow()
    await expect(ask(port, { ...trusted, maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-SHA' })).rejects.toThrow()
    await expect(fetch(`http://localhost:${port}/healthz`)).rejects.toThrow()
    child.kill('SIGTERM')
    expect((await exit).code).toBe(0)
  })

  test('does not listen in plain where others reach it, and says what it wants', async () => {
    const { code, errors } = await start('--host', '0.0.0.0').exit
    expect(code).toBe(1)
    expect(errors).toContain(
      '--host: found 0.0.0.0, which others reach in plain; wanted --tls-certificate and --tls-key',
    )
  })
})

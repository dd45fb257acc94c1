import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ownSite } from '../../cloud-sync/people/own-site.ts'
import { fingerprintOf } from '../certificates/certificate-folder.ts'
import { openStaffBook, staffFile } from '../staff/staff-book.ts'
import { testStore } from '../testing/store.ts'
import { credentialFile, openCredentialBook } from './credential-book.ts'
import { isSecretOf } from './secret.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillfree-credentials-'))
  await writeFile(join(folder, 'store.json'), JSON.stringify(testStore()))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Files are named as if the test stood in its folder. */
const inFolder = (args: string[]) => args.map((arg) => (/^data$|\.json$/.test(arg) ? join(folder, arg) : arg))

function run(...args: string[]): Promise<{ code: unknown; said: string }> {
  return new Promise((resolve) =>
    execFile(process.execPath, ['run.mjs', main, ...inFolder(args)], (error, out, err) =>
      resolve({ code: error?.code ?? 0, said: out + err }),
    ),
  )
}

describe('npm run credentials', () => {
  test('adds a device, shows its password once, lists and revokes it', async () => {
    const added = await run('add', 'g1', '--store', 'store.json', '--data', 'data')
    const [, secret = ''] = /password {5}(\S{43})\n/.exec(added.said) ?? []
    expect(added.said).toContain('user name    g1')
    const book = openCredentialBook(credentialFile(join(folder, 'data')))
    expect(book.list().map(({ digest }) => isSecretOf(Buffer.from(secret), digest ?? Buffer.alloc(32)))).toEqual([true])
    book.close()
    const listed = await run('list', '--data', 'data')
    expect(listed.said).toMatch(/^g1\tdevice\t20\d\d-/)
    expect(listed.said).not.toContain(secret)
    expect((await run('revoke', 'g1', '--data', 'data')).said).toContain('g1 may connect no more')
    expect((await run('list', '--data', 'data')).said).toContain('There are no credentials yet.')
    const staff = await openStaffBook({ file: staffFile(join(folder, 'data')), site: ownSite(null), now: Date.now })
    const noted = await staff.people.audit.latest(10)
    await staff.close()
    expect(noted.map(({ who, what, about }) => [who, what, about])).toEqual([
      ['command', 'credential-revoked', 'g1'],
      ['command', 'credential-added', 'g1'],
    ])
    expect(JSON.stringify(noted)).not.toContain(secret)
  })

  test('writes a certificate in place of a password, with its key and whom to trust', async () => {
    const device = join(folder, 'device')
    const { said } = await run('add', 'g2', '--store', 'store.json', '--data', 'data', '--certificate', device)
    expect(said).not.toContain('password   ')
    expect((await readdir(device)).sort()).toEqual(['ca.pem', 'g2-key.pem', 'g2.pem'])
    expect((await stat(join(device, 'g2-key.pem'))).mode & 0o777).toBe(0o600)
    const certificate = new X509Certificate(await readFile(join(device, 'g2.pem')))
    expect(certificate.subject).toBe('CN=g2')
    expect(certificate.checkIssued(new X509Certificate(await readFile(join(device, 'ca.pem'))))).toBe(true)
    const book = openCredentialBook(credentialFile(join(folder, 'data')))
    expect(book.list()).toMatchObject([{ name: 'g2', role: 'device', digest: null }])
    expect(fingerprintOf(certificate.fingerprint256).equals(book.list()[0]?.certificate ?? Buffer.of())).toBe(true)
    book.close()
  })

  test('leaves nothing that others on the machine can read, and no credential whose files could not be written', async () => {
    await run('add', 'g1', '--store', 'store.json', '--data', 'data')
    const failed = await run('add', 'g2', '--store', 'store.json', '--data', 'data', '--certificate', 'store.json')
    expect([failed.code, failed.said]).toEqual([2, expect.stringContaining(`${join(folder, 'store.json')}: `)])
    expect((await run('list', '--data', 'data')).said).toMatch(/^g1\t[^\n]*\n$/)
    const files = await readdir(join(folder, 'data'), { recursive: true })
    const modes = await Promise.all(files.map(async (file) => (await stat(join(folder, 'data', file))).mode & 0o077))
    expect(files).toContain('staff.db')
    expect(modes).toEqual(files.map(() => 0))
    expect((await stat(join(folder, 'data'))).mode & 0o077).toBe(0)
  })

  test('makes no data folder where it is asked about one', async () => {
    const outcomes = [await run('list', '--data', 'data'), await run('revoke', 'g1', '--data', 'data')]
    const wanted = `${join(folder, 'data', 'credentials.db')} was not found: --data wants the gateway's data folder\n`
    expect(outcomes).toEqual([0, 1].map(() => ({ code: 2, said: wanted })))
    expect(await readdir(folder)).toEqual(['store.json'])
  })

  test('says what is wrong, and exits with 2', async () => {
    await run('add', 'g2', '--store', 'store.json', '--data', 'data')
    const outcomes = [
      await run('add', 'ghost', '--store', 'store.json', '--data', 'data'),
      await run('add', 'g1', '--store', 'missing.json', '--data', 'data'),
      await run('revoke', 'g1', '--data', 'data'),
      await run('add', 'g1', '--store', folder, '--data', 'data'),
    ]
    expect(outcomes.map(({ code }) => code)).toEqual([2, 2, 2, 2])
    expect(outcomes.map(({ said }) => said.trim())).toEqual([
      'found "ghost", wanted the id of a device of the store file, or another --role',
      `${join(folder, 'missing.json')}: not found`,
      'there is no credential for g1',
      `${folder} is a folder: --store wants the store file`,
    ])
  })
})

import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createAuditLog } from '../people/audit-log.ts'
import { openSqlite } from '../sql.ts'
import { createStoreCredentials } from './store-credentials.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
let data: string
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'tillfree-stores-'))
})
afterEach(() => rm(data, { recursive: true, force: true }))

function run(...args: string[]): Promise<{ code: unknown; said: string }> {
  return new Promise((resolve) =>
    execFile(process.execPath, ['run.mjs', main, ...args, '--data', data], (error, out, err) =>
      resolve({ code: error?.code ?? 0, said: out + err }),
    ),
  )
}

test('npm run stores makes a credential that is shown once, writes another to a file, lists and revokes; it is noted', async () => {
  const file = join(data, 'token')
  const shown = await run('add', 's1')
  const [, token = ''] = /TILLFREE_STORE_TOKEN=(\S{43})\n/.exec(shown.said) ?? []
  const [, id = ''] = /credential {2}(\w{8}) /.exec(shown.said) ?? []
  const written = await run('add', 's1', '--role', 'office', '--days', '20', '--out', file)
  const inFile = (await readFile(file, 'utf8')).trim()
  expect(written.said).not.toContain(inFile)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const again = await run('add', 's2', '--out', file)
  expect([again.code, again.said.trim()]).toEqual([2, `${file} is there already; name a new file`])
  const { said: listed } = await run('list')
  expect(listed.split('\n')).toEqual([
    expect.stringMatching(/^s1\tgateway\t\w{8}\tmade \d{4}-\d\d-\d\d\tends \d{4}-\d\d-\d\d\tnever used$/),
    expect.stringMatching(/^s1\toffice\t\w{8}\t.*never used\tmake another one$/),
    '',
  ])
  expect((await run('revoke', id)).said).toContain(`The credential ${id} of s1 is good no more.`)
  expect(await run('revoke', id)).toMatchObject({ code: 2, said: `there is no credential ${id}: see list\n` })

  const sql = openSqlite(join(data, 'accounts.db'))
  const credentials = createStoreCredentials(sql, Date.now)
  expect([await credentials.find(token), await credentials.find(inFile)]).toMatchObject([
    null,
    { storeId: 's1', role: 'office' },
  ])
  const noted = await createAuditLog(sql, Date.now).latest(10)
  expect(noted.map(({ who, what, about }) => [who, what, about])).toEqual([
    ['command', 'credential-revoked', 'store s1'],
    ['command', 'credential-added', 'store s1'],
    ['command', 'credential-added', 'store s1'],
  ])
  expect(JSON.stringify(noted)).not.toMatch(new RegExp(`${token}|${inFile}`))
  await sql.close()
})

test('npm run stores makes no credential whose token cannot be written, and no folder by asking', async () => {
  await run('add', 's1')
  const nowhere = join(data, 'nowhere', 'token')
  expect(await run('add', 's2', '--out', nowhere)).toEqual({
    code: 2,
    said: `${join(data, 'nowhere')} was not found: --out wants a folder that is there\n`,
  })
  expect((await run('list')).said).not.toContain('s2')
  const home = data
  data = join(home, 'typo')
  const wanted = `${join(data, 'accounts.db')} was not found: --data wants the folder of the account service's database\n`
  const outcomes = [await run('list'), await run('revoke', 'abc')]
  expect(outcomes).toEqual([0, 1].map(() => ({ code: 2, said: wanted })))
  data = home
  expect(await readdir(data)).not.toContain('typo')
})

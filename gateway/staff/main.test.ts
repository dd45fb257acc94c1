import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ownSite } from '../../cloud-sync/people/own-site.ts'
import { openStaffBook, staffFile } from './staff-book.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
let data: string
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'tillfree-staff-'))
})
afterEach(() => rm(data, { recursive: true, force: true }))

function run(...args: string[]): Promise<{ code: unknown; said: string }> {
  return new Promise((resolve) =>
    execFile(process.execPath, ['run.mjs', main, ...args, '--data', data], (error, out, err) =>
      resolve({ code: error?.code ?? 0, said: out + err }),
    ),
  )
}

test('npm run staff adds a person with a code that works once, and a program with a token; both are in the audit log', async () => {
  const { said } = await run('add', 'Marta', '--role', 'operator')
  const program = await run('add', 'prometheus', '--role', 'viewer', '--program')
  expect((await stat(staffFile(data))).mode & 0o077).toBe(0)
  const secret = /#sign-in=(\w{26})/.exec(said)?.[1] ?? ''
  const token = /Bearer ([\w-]{43})/.exec(program.said)?.[1] ?? ''
  const book = await openStaffBook({ file: staffFile(data), site: ownSite(null), now: Date.now })
  expect([await book.people.links.redeem(secret), await book.people.links.redeem(secret)]).toEqual(['Marta', null])
  expect(await book.byToken(token)).toMatchObject({ name: 'prometheus', role: 'viewer', isProgram: true })
  const noted = await book.people.audit.latest(10)
  expect(noted.map(({ who, what, about }) => [who, what, about])).toEqual([
    ['command', 'account-made', 'prometheus'],
    ['command', 'account-made', 'Marta'],
  ])
  await book.close()
})

test('npm run staff says what is wrong, and exits with 2', async () => {
  await run('add', 'Marta', '--role', 'admin')
  const outcomes = [
    await run('add', 'marta', '--role', 'viewer'),
    await run('role', 'Marta', 'viewer'),
    await run('remove', 'Otto'),
    await run('add', 'robot', '--role', 'admin', '--program'),
  ]
  expect(outcomes.map(({ code, said }) => [code, said.trim()])).toEqual([
    [2, 'marta is taken; choose another name'],
    [2, 'Marta is the last admin'],
    [2, 'nobody is called Otto'],
    [2, 'a program cannot be admin: only people decide who may what'],
  ])
})

test('npm run staff makes no folder by asking about one', async () => {
  const home = data
  data = join(home, 'typo')
  const wanted = `${staffFile(data)} was not found: --data wants the gateway's data folder\n`
  const outcomes = [await run('list'), await run('remove', 'Marta'), await run('code', 'Marta')]
  expect(outcomes).toEqual(outcomes.map(() => ({ code: 2, said: wanted })))
  data = home
  expect(await readdir(data)).toEqual([])
})

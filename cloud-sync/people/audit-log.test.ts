import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrateBy } from '../migrations.ts'
import { openSqlite, type Sql } from '../sql.ts'
import { createAuditLog } from './audit-log.ts'
import { peopleTables } from './tables.ts'

const dayMs = 86_400_000
let sql: Sql
beforeEach(async () => {
  sql = openSqlite(':memory:')
  await migrateBy(sql, 'audit', [peopleTables], 0)
})
afterEach(() => sql.close())

test('append() writes down who, what, where from and when; latest() gives the newest first', async () => {
  let now = Date.now()
  const log = createAuditLog(sql, () => now++)
  await log.append({ what: 'signed-in', who: 'marta', place: '192.0.2.7', detail: 'passkey' })
  await log.append({ what: 'sign-in-refused', place: '192.0.2.8', detail: 'x'.repeat(1000) })
  const [newest, older] = await log.latest(10)
  expect(newest).toMatchObject({ who: null, what: 'sign-in-refused', detail: 'x'.repeat(200) })
  expect(older).toMatchObject({ who: 'marta', about: null, place: '192.0.2.7' })
  expect((newest?.at ?? 0) > (older?.at ?? 0)).toBe(true)
  expect(await log.latest(1)).toHaveLength(1)
})

test('append() throws away what is older than 400 days; the database lets nobody change or remove the rest', async () => {
  const start = Date.now()
  let now = start - 402 * dayMs
  const log = createAuditLog(sql, () => now)
  await log.append({ what: 'signed-in', who: 'marta' })
  now = start
  await log.append({ what: 'signed-out', who: 'marta' })
  expect((await log.latest(10)).map(({ what }) => what)).toEqual(['signed-out'])
  await expect(sql.run("UPDATE audit SET who = 'otto'")).rejects.toThrow('audit is only ever added to')
  await expect(sql.run('DELETE FROM audit')).rejects.toThrow('audit is kept for 400 days')
})

test('npm run audit shows what happened, and nothing that strangers could do to a terminal', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillfree-audit-'))
  const file = openSqlite(join(folder, 'staff.db'))
  await migrateBy(file, 'audit', [peopleTables], 0)
  const log = createAuditLog(file, () => 0)
  await log.append({ what: 'account-made', who: 'command', about: 'marta', detail: 'viewer' })
  await log.append({ what: 'sign-in-refused', place: '192.0.2.7', detail: '\u001b[2Jlink' })
  await file.close()
  const main = fileURLToPath(new URL('../audit/main.ts', import.meta.url))
  const run = (data: string) => promisify(execFile)(process.execPath, ['run.mjs', main, '--data', data])
  expect((await run(folder)).stdout.split('\n')).toEqual([
    '1970-01-01T00:00:00.000Z\tcommand\taccount-made\tmarta\t-\tviewer',
    '1970-01-01T00:00:00.000Z\t-\tsign-in-refused\t-\t192.0.2.7\t?[2Jlink',
    '',
  ])
  rmSync(folder, { recursive: true })
  await expect(run(folder)).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('found neither') })
})

import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSqlite } from '../../cloud-sync/sql.ts'
import { createStoreCredentials } from '../../cloud-sync/stores/store-credentials.ts'
import { storeCredential } from './store-credential.ts'

const dayMs = 86_400_000
let data: string
let time: number
const now = () => time
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'tillfree-start-'))
  time = Date.UTC(2026, 10, 22)
})
afterEach(() => rm(data, { recursive: true, force: true }))

async function known() {
  const sql = openSqlite(join(data, 'accounts', 'accounts.db'))
  const all = await createStoreCredentials(sql, now).list()
  await sql.close()
  return all.map(({ storeId }) => storeId)
}

test('storeCredential() makes one at the first start, for its owner alone, and keeps it until its end is near', async () => {
  const token = await storeCredential(data, 's1', 'gateway', now)
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect((await stat(join(data, 'gateway-token'))).mode & 0o777).toBe(0o600)
  time += 300 * dayMs
  expect(await storeCredential(data, 's1', 'gateway', now)).toBe(token)
  time += 40 * dayMs
  const next = await storeCredential(data, 's1', 'gateway', now)
  expect(next).not.toBe(token)
  expect(await storeCredential(data, 's1', 'gateway', now)).toBe(next)
  expect(await known()).toEqual(['s1', 's1'])
})

test('storeCredential() gives another store, and another role, one of its own', async () => {
  const token = await storeCredential(data, 's1', 'gateway', now)
  expect(await storeCredential(data, 's2', 'gateway', now)).not.toBe(token)
  expect(await storeCredential(data, 's1', 'office', now)).not.toBe(token)
  expect(await known()).toEqual(['s1', 's1', 's2'])
})

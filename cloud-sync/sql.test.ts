import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSqlite, type Sql, SqlBusyError } from './sql.ts'

let folder = ''
let sql: Sql
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tillfree-sql-'))
  sql = openSqlite(join(folder, 'test.db'))
  await sql.run('CREATE TABLE note (text TEXT UNIQUE)')
})
afterEach(async () => {
  await sql.close()
  rmSync(folder, { recursive: true, force: true })
})

const notes = async () => (await sql.query<{ text: string }>('SELECT text FROM note')).map(({ text }) => text)

describe('openSqlite()', () => {
  test('transaction() lets nobody else come between', async () => {
    const first = sql.transaction(async (session) => {
      await session.run('INSERT INTO note VALUES (?)', ['a'])
      await new Promise(setImmediate)
      return session.run('UPDATE note SET text = ?', ['changed by the first'])
    })
    const second = sql.run('INSERT INTO note VALUES (?)', ['b'])
    expect(await Promise.all([first, second])).toEqual([1, 1])
    expect(await notes()).toEqual(['changed by the first', 'b'])
  })

  test('transaction() leaves nothing behind when it fails, and the next one works', async () => {
    const failing = sql.transaction(async (session) => {
      await session.run('INSERT INTO note VALUES (?)', ['a'])
      await session.run('INSERT INTO note VALUES (?)', ['a'])
    })
    await expect(failing).rejects.toThrow(/UNIQUE/)
    await sql.transaction((session) => session.run('INSERT INTO note VALUES (?)', ['b']))
    expect(await notes()).toEqual(['b'])
  })

  test('run() refuses when a thousand wait already, and recovers', async () => {
    const many = Array.from({ length: 1001 }, (_, i) => sql.run('INSERT INTO note VALUES (?)', [`${i}`]))
    const settled = await Promise.allSettled(many)
    const refused = settled.filter((result) => result.status === 'rejected')
    expect(refused.map(({ reason }) => reason instanceof SqlBusyError)).toEqual([true])
    expect(await sql.run('INSERT INTO note VALUES (?)', ['later'])).toBe(1)
  })
})

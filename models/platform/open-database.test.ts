import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from './open-database.ts'
import { runner } from './runner.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillfree-db-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const file = () => join(folder, 'test.db')

describe('openDatabase()', () => {
  test('openDatabase() keeps rows over a reopening, in WAL mode with full durability', () => {
    const first = openDatabase(file())
    first.exec('CREATE TABLE item (name TEXT, grams REAL, photo BLOB)')
    const written = first.prepare('INSERT INTO item VALUES (?, ?, ?)').run('water', 538.5, new Uint8Array([1, 2]))
    first.close()
    const second = openDatabase(file())
    expect(written).toEqual({ changes: 1, lastInsertRowid: 1 })
    expect(second.prepare('SELECT name, grams FROM item').get()).toEqual({ name: 'water', grams: 538.5 })
    expect(second.prepare('SELECT * FROM item WHERE name = ?').get('wine')).toBeUndefined()
    expect([...second.prepare('SELECT photo FROM item').iterate()]).toEqual([{ photo: new Uint8Array([1, 2]) }])
    expect(second.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
    expect(second.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 })
    expect(second.prepare('PRAGMA foreign_keys').get()).toEqual({ foreign_keys: 1 })
    second.close()
  })

  test('openDatabase() says which file is no database', () => {
    writeFileSync(file(), 'this is not a database, but it is long enough to be looked at as one '.repeat(20))
    expect(() => openDatabase(file())).toThrow(/cannot use .*test\.db as a database: file is not a database/)
    expect(() => openDatabase(join(folder, 'missing', 'a.db'))).toThrow(/cannot open the database .*missing/)
  })

  test('transaction() commits all or nothing and can be used again after a failure', () => {
    const db = openDatabase(file())
    db.exec('CREATE TABLE item (name TEXT UNIQUE)')
    const add = (name: string) => db.prepare('INSERT INTO item VALUES (?)').run(name)
    expect(() =>
      db.transaction(() => {
        add('a')
        add('a')
      }),
    ).toThrow(/UNIQUE/)
    expect(db.transaction(() => add('b').changes)).toBe(1)
    expect(() => db.transaction(() => db.transaction(() => add('c')))).toThrow('a transaction is open already')
    expect(() => db.transaction(async () => add('d'))).toThrow('must be synchronous')
    expect(db.prepare('SELECT name FROM item').all()).toEqual([{ name: 'b' }])
    db.close()
  })

  test('openDatabase() takes no text that would be cut where it has U+0000, to keep or to look for', () => {
    const db = openDatabase(file())
    db.exec("CREATE TABLE item (name TEXT); INSERT INTO item VALUES ('anna@shop.example')")
    const eve = 'anna@shop.example\0.evil.example'
    const find = db.prepare('SELECT name FROM item WHERE name = ?')
    for (const use of [
      () => find.get(eve),
      () => find.all(eve),
      () => find.iterate(eve),
      () => db.prepare('INSERT INTO item VALUES (?)').run(eve),
    ])
      expect(use).toThrow('a text has U+0000 in it')
    expect(db.prepare('SELECT count(*) AS n FROM item').get()).toEqual({ n: 1 })
    db.close()
  })

  test('openDatabase() works inside a worker thread', async () => {
    const program = join(folder, 'worker.ts')
    writeFileSync(
      program,
      `import { openDatabase } from ${JSON.stringify(fileURLToPath(new URL('./open-database.ts', import.meta.url)))}
       const db = openDatabase(${JSON.stringify(file())})
       db.exec('CREATE TABLE item (name TEXT)')
       db.prepare('INSERT INTO item VALUES (?)').run('from a worker')
       db.close()`,
    )
    const worker = new Worker(runner, { argv: [program] })
    const exitCode = await new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject))
    const db = openDatabase(file())
    expect(exitCode).toBe(0)
    expect(db.prepare('SELECT * FROM item').all()).toEqual([{ name: 'from a worker' }])
    db.close()
  })
})

import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openDatabase } from '../../models/platform/open-database.ts'
import { type Journal, startJournal } from './journal.ts'
import { backUp, restore, usingAlone } from './journal-backup.ts'

let folder = ''
const [data, copy] = [() => join(folder, 'store.db'), () => join(folder, 'copy.db')]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillfree-backup-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** With so many changes, said at 1, 2, 3 ..., and others said at these times. */
function lateCase(id: string, count: number, ...others: number[]) {
  const times = [...Array.from({ length: count }, (_, i) => i + 1), ...others]
  const changes = times.map((ts) => ({ ts, happened: null, cells: [] }))
  return { id, body: JSON.stringify({ id, shelf: 'a', count: changes.length, changes }) }
}
function shown(body: string): string {
  const { id, count, changes } = JSON.parse(body) as { id: string; count: number; changes: { ts: number }[] }
  return `${id}, ${count}: ${changes.map(({ ts }) => ts).join(' ')}`
}
const closing = JSON.stringify({ outcome: 'nobody-pays', tripId: null, reviewer: 'm', ts: 7 })

/** In a thread of its own, as in a gateway: the file is let go of when that ends. */
async function opened() {
  const journal = startJournal(data())
  const { tail } = await journal.open('s1')
  return { journal, tail }
}

async function bill(journal: Journal, n: number): Promise<void> {
  await journal.commit({
    observations: [`{"n":${n}}`],
    events: [],
    bills: [{ tripId: `trip-${n}`, part: 'bill', bill: '{}', purchase: `{"p":${n}}` }],
    reviews: { evidence: [], cases: [], decisions: [], open: [] },
    late: { cases: [], decisions: [] },
    snapshot: null,
  })
}

/** Two bills, a copy while the journal is open, then a third bill; the first was sent after the copy. */
async function dayWithCopy(): Promise<void> {
  const { journal } = await opened()
  await bill(journal, 1)
  await bill(journal, 2)
  backUp(data(), copy())
  await bill(journal, 3)
  await journal.acknowledge(1, 77)
  await journal.close()
}

/** Once the thread of the journal has ended. */
/** When it is put back. */
const now = Date.UTC(2026, 10, 23)
const restored = () => vi.waitFor(() => restore(copy(), data(), now), { timeout: 20_000, interval: 50 })

describe('restore()', () => {
  it('brings back what was copied while the journal was open, and takes over the bills made since', async () => {
    await dayWithCopy()
    expect(await restored()).toEqual({
      before: `${data()}.before-restore-1`,
      messages: null,
      billsTakenOver: 1,
      isService: false,
      mayLetIn: false,
    })
    const { journal, tail } = await opened()
    expect(tail).toEqual(['{"n":1}', '{"n":2}'])
    expect((await journal.pending(10, 0)).rows.map(({ tripId }) => tripId)).toEqual(['trip-2', 'trip-3'])
    // The trip is billed already: it is not billed again, however the day goes on.
    await bill(journal, 3)
    expect(await journal.recent(10)).toHaveLength(3)
    await journal.close()
    expect(existsSync(`${data()}.before-restore-1`)).toBe(true)
  })

  it('sets aside with the journal what devices said in its last minute, and no other folder of that name', async () => {
    await dayWithCopy()
    const [spool, file] = [join(folder, 'spool'), 'spool-000000001']
    mkdirSync(spool)
    writeFileSync(join(spool, file), 'a change that is billed')
    const aside = `${data()}.before-restore-1-spool`
    expect(await restored()).toMatchObject({ messages: aside })
    expect([existsSync(spool), readdirSync(aside)]).toEqual([false, [file]])
    // The journal may be gone with what was beside it left there.
    rmSync(data())
    renameSync(aside, spool)
    const gone = `${data()}.before-restore-spool-1`
    expect(restore(copy(), data(), now)).toMatchObject({ before: null, messages: gone })
    mkdirSync(spool)
    writeFileSync(join(spool, 'mail'), 'of the print spooler')
    expect(restore(copy(), data(), now)).toMatchObject({ messages: null })
    expect(readdirSync(spool)).toEqual(['mail'])
  })

  it('takes over reviews: one that is open can be decided, one that is decided is not asked again', async () => {
    const { journal } = await opened()
    const nothing = { evidence: [], cases: [], decisions: [], open: [] }
    const none = { observations: [], events: [], bills: [], late: { cases: [], decisions: [] }, snapshot: null }
    const review = async (reviews: object) => journal.commit({ ...none, reviews: { ...nothing, ...reviews } })
    await review({ cases: [{ tripId: 'early', body: '"early"', changes: [] }] })
    backUp(data(), copy())
    await review({ cases: [{ tripId: 'late', body: '"late"', changes: [] }] })
    await review({ decisions: [{ tripId: 'early', body: '"decided"' }] })
    await journal.close()
    await restored()
    const again = (await opened()).journal
    expect(await again.openReviews(9)).toEqual({ rows: [{ body: '"late"', evidence: '{}', decision: null }], count: 1 })
    expect(await again.review('early')).toMatchObject({ body: '"early"', decision: '"decided"' })
    await again.close()
  })

  it('takes over no review that was changed on the disk, and one without its evidence when that was', async () => {
    const { journal } = await opened()
    await bill(journal, 1)
    backUp(data(), copy())
    const cases = ['body', 'evidence', 'decision', 'good'].map((tripId) => ({ tripId, body: '"a"', changes: [] }))
    const none = { observations: [], events: [], bills: [], late: { cases: [], decisions: [] }, snapshot: null }
    await journal.commit({ ...none, reviews: { evidence: [], cases, decisions: [], open: [] } })
    await journal.close()
    await vi.waitFor(() =>
      usingAlone(data(), (db) => {
        for (const column of ['body', 'evidence', 'decision'])
          db.exec(`UPDATE review SET ${column} = '{"cut' WHERE trip_id = '${column}'`)
      }),
    )
    await restored()
    const { journal: again } = await opened()
    const trips = ['body', 'evidence', 'decision', 'good'].map((tripId) => again.review(tripId))
    const good = { body: '"a"', evidence: '{}', decision: null }
    expect(await Promise.all(trips)).toEqual([null, good, null, good])
    await again.close()
  })

  it('takes over what was said too late, into a copy that is older than such cases, too', async () => {
    const { journal } = await opened()
    const none = { observations: [], events: [], bills: [], snapshot: null }
    const reviews = { evidence: [], cases: [], decisions: [], open: [] }
    const note = (late: object) => journal.commit({ ...none, reviews, late: { cases: [], decisions: [], ...late } })
    backUp(data(), copy())
    const old = openDatabase(copy())
    old.exec('DROP TABLE late_case')
    old.close()
    await note({ cases: ['open', 'closed', 'torn', 'another'].map((id) => lateCase(id, 1)) })
    await note({ decisions: [{ id: 'closed', body: closing }] })
    await journal.close()
    const damaged = openDatabase(data())
    damaged.exec(`UPDATE late_case SET body = substr(body, 2) WHERE id = 'torn';
      UPDATE late_case SET body = replace(body, 'another', 'mothers') WHERE id = 'another'`)
    damaged.close()
    await restored()
    const again = (await opened()).journal
    expect(await again.openLate(9)).toEqual({ rows: [{ body: lateCase('open', 1).body, decision: null }], count: 1 })
    expect(await again.late('closed')).toEqual({ body: lateCase('closed', 1).body, decision: closing })
    await again.close()
  })

  it('takes over what was added to cases of the copy and what was closed since, and what comes next comes to these', async () => {
    const { journal } = await opened()
    const none = { observations: [], events: [], bills: [], snapshot: null }
    const reviews = { evidence: [], cases: [], decisions: [], open: [] }
    const noteIn = (into: Journal, late: object) =>
      into.commit({ ...none, reviews, late: { cases: [], decisions: [], ...late } })
    await noteIn(journal, { cases: [lateCase('open', 1), lateCase('closed', 1)] })
    backUp(data(), copy())
    await noteIn(journal, { cases: [lateCase('open', 2), lateCase('closed', 2)] })
    await noteIn(journal, { decisions: [{ id: 'closed', body: closing }] })
    await journal.close()
    await restored()
    const again = (await opened()).journal
    // The engine of the copy knows one change of each, and hears of what comes next.
    await noteIn(again, { cases: [lateCase('open', 1, 5), lateCase('closed', 1, 5)] })
    await noteIn(again, { cases: [lateCase('open', 1, 5, 6), lateCase('closed', 1, 5, 6)] })
    const { rows } = await again.openLate(9)
    expect(rows.map(({ body }) => shown(body))).toEqual(['open, 4: 1 2 5 6', 'closed+, 2: 5 6'])
    expect(await again.late('closed')).toEqual({ body: lateCase('closed', 2).body, decision: closing })
    await again.close()
  })

  it('leaves everything where it was when the bills made since cannot be taken over', async () => {
    await dayWithCopy()
    const db = openDatabase(copy())
    db.exec(`CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'disk is full'); END`)
    db.close()
    const failed = () => expect(() => restore(copy(), data(), now)).toThrow(/disk is full/)
    await vi.waitFor(failed, { timeout: 20_000, interval: 50 })
    expect(readdirSync(folder).filter((name) => name.includes('before-restore'))).toEqual([])
    // The next time there is still what to take over.
    const { journal } = await opened()
    expect((await journal.pending(10, 0)).rows.map(({ tripId }) => tripId)).toEqual(['trip-2', 'trip-3'])
    await journal.close()
  })

  it('leaves the journal in its place when it is killed before its last step', async () => {
    await dayWithCopy()
    const killed = () =>
      expect(() =>
        restore(copy(), data(), now, () => {
          throw new Error('killed')
        }),
      ).toThrow(/killed/)
    await vi.waitFor(killed, { timeout: 20_000, interval: 50 })
    const { journal } = await opened()
    expect((await journal.pending(10, 0)).rows.map(({ tripId }) => tripId)).toEqual(['trip-2', 'trip-3'])
    await journal.close()
  })

  it('takes the place of a file that is no database any more', async () => {
    await dayWithCopy()
    writeFileSync(data(), 'not a database'.repeat(1000))
    await restored()
    expect(existsSync(`${data()}-wal`)).toBe(false)
    const { journal, tail } = await opened()
    expect(tail).toHaveLength(2)
    await journal.close()
  })

  it('puts a copy where there was nothing', async () => {
    await dayWithCopy()
    rmSync(data())
    expect(restore(copy(), data(), now)).toEqual({
      before: null,
      messages: null,
      billsTakenOver: 0,
      isService: false,
      mayLetIn: false,
    })
  })

  it('refuses while the journal is open, and changes nothing', async () => {
    await dayWithCopy()
    const { journal } = await opened()
    await bill(journal, 4)
    expect(() => restore(copy(), data(), now)).toThrow(/is in use: stop the store first/)
    expect((await journal.pending(10, 0)).rows).toHaveLength(3)
    await journal.close()
  })

  it('refuses a copy of which a bit was turned', async () => {
    await dayWithCopy()
    const db = openDatabase(copy())
    db.exec(`UPDATE observation SET body = '{"n":9}' WHERE seq = 2`)
    db.close()
    // Its rows: the file itself changes when the log beside it is folded in.
    const rows = () => {
      const store = openDatabase(data())
      const all = store.prepare('SELECT * FROM observation ORDER BY seq').all()
      store.close()
      return all
    }
    const before = rows()
    expect(() => restore(copy(), data(), now)).toThrow(/observation 2 was changed on the disk/)
    expect(before.length).toBeGreaterThan(0)
    expect(rows()).toEqual(before)
    expect(() => restore(join(folder, 'nothing.db'), data(), now)).toThrow(/was not found/)
  })
})

describe('restore() of something else', () => {
  /** A database with these tables, in a file of this name. */
  function made(name: string, ...tables: string[]): string {
    const path = join(folder, name)
    const db = openDatabase(path)
    for (const table of tables) db.exec(`CREATE TABLE ${table} (received_at INTEGER, ended_at INTEGER)`)
    db.close()
    return path
  }
  it('refuses a copy of another kind or of another store, and leaves what is there', async () => {
    await dayWithCopy()
    const service = made('accounts.db', 'purchase', 'ledger_entry')
    await vi.waitFor(
      () =>
        expect(() => restore(service, data(), now)).toThrow(
          /accounts\.db has an account service's data, and .*store\.db the data of store s1/,
        ),
      {
        timeout: 20_000,
        interval: 50,
      },
    )
    const other = join(folder, 'other.db')
    const journal = startJournal(other)
    await journal.open('s2')
    await journal.close()
    await vi.waitFor(
      () =>
        expect(() => restore(other, data(), now)).toThrow(
          /has the data of store s2, and .*store\.db the data of store s1/,
        ),
      {
        timeout: 20_000,
        interval: 50,
      },
    )
    expect(() => restore(copy(), service, now)).toThrow(/has the data of store s1, and .* an account service's data/)
    expect(readdirSync(folder).filter((name) => /before|part/.test(name))).toEqual([])
  })

  it.each(['staff', 'purchase'])('signs everybody out where it puts back who may sign in: %s', (mark) => {
    const tables = ['session', 'sign_in_link', 'passkey_challenge', 'passkey']
    const people = made('people.db', mark, ...tables)
    const counts = () => {
      const db = openDatabase(people)
      const rows = tables.map((name) => db.prepare(`SELECT count(*) AS n FROM ${name}`).get<{ n: number }>()?.n)
      db.close()
      return rows
    }
    const db = openDatabase(people)
    for (const name of tables) db.exec(`INSERT INTO ${name} VALUES (1, 1)`)
    db.close()
    backUp(people, copy())
    restore(copy(), people, now)
    expect(counts()).toEqual([0, 0, 0, 1])
  })

  it('puts the account service back, with nothing of its own beside it', () => {
    const service = made('accounts.db', 'purchase')
    backUp(service, copy())
    expect(restore(copy(), service, now)).toMatchObject({ billsTakenOver: null, isService: true })
    expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([])
  })
})

describe('backUp()', () => {
  it('says which folder is missing, and what is no database', () => {
    writeFileSync(data(), 'no database at all, whatever it may be called')
    expect(() => backUp(data(), copy())).toThrow(/store\.db cannot be backed up: .*not a database/)
    expect(() => backUp(folder, copy())).toThrow(/cannot be backed up/)
    const nowhere = join(folder, 'nowhere', 'copy.db')
    expect(() => backUp(data(), nowhere)).toThrow(/nowhere was not found: wanted a folder/)
    rmSync(data())
    const db = openDatabase(data())
    db.exec('CREATE TABLE purchase (x)')
    db.close()
    expect(() => restore(data(), nowhere, now)).toThrow(/nowhere was not found: wanted a folder/)
  })

  it('writes no copy of what is damaged, and none over another', async () => {
    await dayWithCopy()
    expect(() => backUp(data(), copy())).toThrow(/is there already/)
    const db = openDatabase(data())
    db.exec(`UPDATE observation SET body = '{"n":9}' WHERE seq = 2`)
    db.close()
    expect(() => backUp(data(), join(folder, 'other.db'))).toThrow(/observation 2 was changed/)
    expect(existsSync(join(folder, 'other.db'))).toBe(false)
    expect(() => backUp(join(folder, 'nothing.db'), join(folder, 'other.db'))).toThrow(/was not found/)
  })
})

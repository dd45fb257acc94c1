import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../models/platform/open-database.ts'
import { type Commit, openJournalStore } from './journal-store.ts'

let folder = ''
const path = () => join(folder, 'store.db')
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillfree-journal-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const commit = (n: number, engine: string | null): Commit => ({
  observations: [`{"n":${n}}`],
  events: [`{"e":${n}}`],
  bills: [{ tripId: `trip-${n}`, part: 'bill', bill: `{"b":${n}}`, purchase: `{"p":${n}}` }],
  reviews: { evidence: [], cases: [], decisions: [], open: [] },
  late: { cases: [], decisions: [] },
  snapshot: { sensing: `{"s":${n}}`, parts: [{ name: 'c1', body: `{"l":${n}}` }], allParts: n === 0, engine },
})

/** Four commits; the engine's snapshot is of the second. */
function written(): void {
  const journal = openJournalStore(path())
  journal.open('s1')
  for (let n = 0; n < 4; n++) journal.commit(commit(n, n <= 1 ? `{"engine":${n}}` : null))
  journal.close()
}

/** As a disk may do: behind SQLite's back it would be the same bytes. */
function turned(sql: string): void {
  const db = openDatabase(path())
  db.exec(sql)
  db.close()
}

function opened() {
  const journal = openJournalStore(path())
  try {
    const opened = journal.open('s1')
    const { rows, damaged } = journal.pending(10, 0)
    return { ...opened, pending: rows.map(({ tripId }) => tripId), damaged }
  } finally {
    journal.close()
  }
}

describe('openJournalStore()', () => {
  it('asks nobody about a trip that is billed already, when it is billed once more after a return to a copy', () => {
    written()
    const journal = openJournalStore(path())
    journal.open('s1')
    const inDoubt = (tripId: string) => ({ tripId, body: `"${tripId}"`, changes: [] })
    const { bills, reviews, ...rest } = commit(9, null)
    const again = { tripId: 'trip-1', part: 'bill', bill: '{}', purchase: '{"p":"of another content"}' } as const
    journal.commit({
      ...rest,
      bills: [...bills, again],
      reviews: { ...reviews, cases: [inDoubt('trip-1'), inDoubt('trip-9')] },
    })
    expect(journal.openReviews(9).rows.map(({ body }) => body)).toEqual(['"trip-9"'])
    expect(journal.pending(10, 0).rows.map(({ purchase }) => purchase)).toContain('{"p":1}')
    journal.close()
  })

  it('offers once more what was acknowledged in a time', () => {
    written()
    const journal = openJournalStore(path())
    journal.open('s1')
    const seqs = journal.pending(10, 0).rows.map(({ seq }) => seq)
    for (const [at, seq] of seqs.entries()) journal.acknowledge(seq, 1000 * (at + 1))
    expect([seqs.length > 1, journal.pending(10, 0).rows]).toEqual([true, []])
    expect([journal.offerAgain(1500, 2000), journal.offerAgain(1500, 2000)]).toEqual([1, 0])
    expect(journal.pending(10, 0).rows.map(({ seq }) => seq)).toEqual(seqs.slice(1, 2))
    journal.close()
  })

  it('gives back what was committed', () => {
    written()
    expect(opened()).toEqual({
      snapshot: {
        sensing: '{"s":3}',
        parts: [expect.objectContaining({ name: 'c1', body: '{"l":3}' })],
        engine: '{"engine":1}',
      },
      tail: ['{"n":2}', '{"n":3}'],
      tailAfter: 2,
      storeFiles: [],
      latestEvents: ['{"e":0}', '{"e":1}', '{"e":2}', '{"e":3}'],
      damage: null,
      pending: ['trip-0', 'trip-1', 'trip-2', 'trip-3'],
      damaged: [],
    })
  })

  it.each([
    ['sensing', `UPDATE snapshot SET sensing = '{"s":7}'`],
    ['the engine', `UPDATE snapshot SET engine = '{"engine":7}'`],
    ['a plate', `UPDATE state_part SET body = '{"l":7}'`],
  ])('makes the state anew from all observations when the snapshot of %s was changed, and says so', (_, sql) => {
    written()
    turned(sql)
    const { snapshot, tail, damage } = opened()
    expect(snapshot).toBeNull()
    expect(tail).toEqual(['{"n":0}', '{"n":1}', '{"n":2}', '{"n":3}'])
    expect(damage).toMatch(/^the snapshot: /)
  })

  it('does not go on from an observation that was changed, and says what to do', () => {
    written()
    turned(`UPDATE observation SET body = '{"n":9}' WHERE seq = 4`)
    expect(opened).toThrow(/observation 4 in the journal was changed on the disk.*npm run restore/)
  })

  it('does not make the state anew from observations of which the first are gone', () => {
    written()
    turned(`UPDATE snapshot SET sensing = '{"s":7}'; DELETE FROM observation WHERE seq = 1`)
    expect(opened).toThrow(/the snapshot in the journal was changed/)
  })

  it('sends no bill that was changed, says which, and sends the others', () => {
    written()
    turned(`UPDATE outbox SET purchase = '{"p":1000}' WHERE trip_id = 'trip-1'`)
    const { damage, damaged, pending } = opened()
    expect([damage, damaged]).toEqual([null, [2]])
    expect(pending).toEqual(['trip-0', 'trip-2', 'trip-3'])
  })

  it.each([1, 2])('refuses a journal of version %i, and changes nothing in it', (version) => {
    written()
    turned(`UPDATE owner SET version = ${version}; DROP TABLE late_case`)
    expect(opened).toThrow(
      `The journal has version ${version}, wanted at least 3: it is from before the first release and cannot be taken over`,
    )
    const db = openDatabase(path())
    const names = db.prepare("SELECT name FROM sqlite_schema WHERE name = 'late_case'").all()
    expect([names, db.prepare('SELECT version FROM owner').get()]).toEqual([[], { version }])
    db.close()
  })

  it("refuses the account service's data, and leaves them as they are", () => {
    turned('CREATE TABLE purchase (id TEXT)')
    expect(opened).toThrow('The file is no journal: it has the tables purchase. Restore the right copy.')
    const db = openDatabase(path())
    expect(db.prepare('SELECT name FROM sqlite_schema').all()).toEqual([{ name: 'purchase' }])
    db.close()
  })

  it('takes over a journal of version 3, whose rows have no checksums', () => {
    written()
    turned('UPDATE owner SET version = 3')
    for (const table of ['observation', 'state_part', 'outbox']) turned(`ALTER TABLE ${table} DROP COLUMN crc`)
    turned('ALTER TABLE snapshot DROP COLUMN crc; ALTER TABLE snapshot DROP COLUMN engine_crc')
    expect(opened()).toMatchObject({ damage: null, tail: ['{"n":2}', '{"n":3}'] })
    expect(opened().pending).toHaveLength(4)
  })
})

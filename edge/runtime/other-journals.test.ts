import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDatabase } from '../../models/platform/open-database.ts'
import { openJournalStore } from './journal-store.ts'
import { unsentElsewhere } from './other-journals.ts'

test('unsentElsewhere() says how many bills of other stores nobody sends, and nothing of copies and other files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillfree-others-'))
  for (const [file, store] of [
    ['s1.db', 's1'],
    ['copy.db', 's1'],
    ['s2.db', 's2'],
  ] as const) {
    const journal = openJournalStore(join(folder, file))
    journal.open(store)
    const bills = ['a', 'b', 'c'].map((tripId) => ({ tripId, part: 'bill' as const, bill: '{}', purchase: '{}' }))
    const reviews = { evidence: [], cases: [], decisions: [], open: [] }
    journal.commit({ observations: [], events: [], bills, reviews, late: { cases: [], decisions: [] }, snapshot: null })
    journal.acknowledge(1, 1)
    journal.close()
  }
  const other = openDatabase(join(folder, 'staff.db'))
  other.exec('CREATE TABLE staff (id TEXT)')
  writeFileSync(join(folder, 'broken.db'), 'no database at all')
  mkdirSync(join(folder, 'folder.db'))
  expect(unsentElsewhere(folder, 's1')).toEqual([
    expect.stringMatching(/^2 bills of store "s2" in s2\.db were not sent/),
  ])
  const sent = openJournalStore(join(folder, 's2.db'))
  for (const seq of [2, 3]) sent.acknowledge(seq, 1)
  sent.close()
  expect(unsentElsewhere(folder, 's1')).toEqual([])
  other.close()
  rmSync(folder, { recursive: true })
})

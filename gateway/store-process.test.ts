import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openJournalStore } from '../edge/runtime/journal-store.ts'
import { testStore } from './testing/store.ts'
import { startedStore } from './testing/store-process.ts'

test('createStoreProcess() says that bills wait in the journal of the id that the store had before', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillfree-store-'))
  const journal = openJournalStore(join(folder, 'before.db'))
  journal.open('before')
  const bills = [{ tripId: 'trip', part: 'bill' as const, bill: '{}', purchase: '{}' }]
  const reviews = { evidence: [], cases: [], decisions: [], open: [] }
  journal.commit({ observations: [], events: [], bills, reviews, late: { cases: [], decisions: [] }, snapshot: null })
  journal.close()
  const words: string[] = []
  const { storeProcess } = await startedStore(testStore(), folder, { words })
  expect(words.join()).toContain('1 bills of store \\"before\\" in before.db were not sent')
  await storeProcess.stop()
  rmSync(folder, { recursive: true })
})

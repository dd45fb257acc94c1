import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startJournal } from './journal.ts'

test('startJournal() has let go of the file when it is closed, and says so of calls from then on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillfree-journal-'))
  const journal = startJournal(join(folder, 's1.db'))
  await journal.open('s1')
  await journal.close()
  expect(readdirSync(folder)).toEqual(['s1.db'])
  await expect(journal.recent(1)).rejects.toThrow('the journal is closed')
  rmSync(folder, { recursive: true })
})

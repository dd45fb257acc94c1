import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openDatabase } from '../../models/platform/open-database.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const run = (...args: string[]) => execFileSync(process.execPath, ['run.mjs', main, ...args], { encoding: 'utf8' })

test('npm run restore says what an account service does not get back, with its disk gone too, and who may come in again', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillfree-backup-'))
  const said = (name: string, table: string) => {
    const [path, copy] = [join(folder, `${name}.db`), join(folder, `${name}-copy.db`)]
    const db = openDatabase(path)
    db.exec(`CREATE TABLE ${table} (received_at INTEGER, ended_at INTEGER)`)
    db.close()
    expect(run('backup', path, copy)).toContain(copy)
    const overIt = run('restore', copy, path)
    rmSync(path)
    return [overIt, run('restore', copy, path)]
  }
  const ofRights = 'who was let in no more since the copy may come in again: take roles and credentials back again'
  const ofService = expect.stringMatching(/stores send their bills .* again by themselves; .*give refunds again/)
  expect(said('accounts', 'purchase')).toEqual([ofService, ofService])
  expect(said('staff', 'staff')).toEqual([
    `${join(folder, 'staff-copy.db')} is ${join(folder, 'staff.db')} now; what was there is ${join(folder, 'staff.db.before-restore-1')}; ${ofRights}\n`,
    `${join(folder, 'staff-copy.db')} is ${join(folder, 'staff.db')} now; ${ofRights}\n`,
  ])
  expect(said('credentials', 'credential')).toEqual([
    expect.stringContaining(ofRights),
    expect.stringContaining(ofRights),
  ])
  expect(said('other', 'other')).toEqual([expect.not.stringContaining(ofRights), expect.not.stringContaining(ofRights)])
  rmSync(folder, { recursive: true })
})

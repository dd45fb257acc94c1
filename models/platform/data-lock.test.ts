import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockData } from './data-lock.ts'

test('lockData() refuses a folder that somebody holds, and gives it once that one is gone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillfree-lock-'))
  const held = lockData(folder)
  expect(() => lockData(folder)).toThrow(`${folder} is in use by another store or account service`)
  held.close()
  lockData(folder).close()
  rmSync(folder, { recursive: true })
})

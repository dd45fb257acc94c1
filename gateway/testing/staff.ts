/** Staff of a store under test. */
import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { ownSite } from '../../cloud-sync/people/own-site.ts'
import type { StaffRole } from '../../models/contracts/staff.ts'
import { openStaffBook, type StaffBook, staffFile } from '../staff/staff-book.ts'

/** What a new program sends along that may do what the role may, at the gateway with that data folder. */
export async function programHeaders(dataDir: string, role: StaffRole = 'operator') {
  mkdirSync(dataDir, { recursive: true })
  const book = await openStaffBook({ file: staffFile(dataDir), site: ownSite(null), now: Date.now })
  const token = await book.addProgram(`test ${randomBytes(8).toString('hex')}`, role)
  await book.close()
  return { authorization: `Bearer ${token}` }
}

/** A book in memory; `now` in milliseconds since the epoch. */
export function testStaff(now: () => number = Date.now): Promise<StaffBook> {
  return openStaffBook({ file: ':memory:', site: ownSite(null), now })
}

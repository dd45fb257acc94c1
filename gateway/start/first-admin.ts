/**
 * A simulated store has an admin from the start, who is signed in by a link that `npm start` prints: once, by whoever reads
 * this terminal. A real store has nobody until somebody is added at the machine itself (`npm run staff`).
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { ownSite } from '../../cloud-sync/people/own-site.ts'
import { openStaffBook, staffFile } from '../staff/staff-book.ts'

const simulatedAdmin = 'manager'

export interface StoreSignIn {
  /** Signs the admin of a simulated store in, once; null for a real one. */
  readonly secret: string | null
  /** Nobody can sign in yet. */
  readonly isEmpty: boolean
}

/** `data`: the folder of everything that is kept. */
export async function signInToStore(data: string, simulators: boolean): Promise<StoreSignIn> {
  const folder = join(data, 'gateway')
  mkdirSync(folder, { recursive: true })
  const book = await openStaffBook({ file: staffFile(folder), site: ownSite(null), now: Date.now })
  try {
    const staff = await book.list()
    if (!simulators) return { secret: null, isEmpty: staff.length === 0 }
    const isThere = staff.some(({ name }) => name === simulatedAdmin)
    const said = { what: 'sign-in-link-made', who: 'npm start', about: simulatedAdmin } as const
    const { secret } = isThere
      ? await book.newCode(simulatedAdmin, said)
      : await book.add(simulatedAdmin, 'admin', said)
    return { secret, isEmpty: false }
  } finally {
    await book.close()
  }
}

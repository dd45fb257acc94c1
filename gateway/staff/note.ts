/** What commands write into the audit log: whoever may read the data folder may use them, by the machine's own sign-in. */
import { userInfo } from 'node:os'
import type { AuditAct } from '../../cloud-sync/people/audit-log.ts'
import { ownSite } from '../../cloud-sync/people/own-site.ts'
import { openStaffBook, type StaffBook, staffFile } from './staff-book.ts'

export async function note({ people }: StaffBook, what: AuditAct, about: string, more: string | null = null) {
  const detail = [more, `by ${userInfo().username}`].filter((part) => part !== null).join(', ')
  await people.audit.append({ what, who: 'command', about, detail })
}

/** The same, at the gateway with that data folder. */
export async function noteIn(dataDir: string, what: AuditAct, about: string, more: string | null = null) {
  const book = await openStaffBook({ file: staffFile(dataDir), site: ownSite(null), now: Date.now })
  await note(book, what, about, more).finally(() => book.close())
}

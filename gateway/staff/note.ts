/** What commands write into the audit log: whoever may read the data folder may use them, by the machine's own sign-in. */
import { userInfo } from 'node:os'
import type { AuditAct, NewAuditEntry } from '../../cloud-sync/people/audit-log.ts'
import { ownSite } from '../../cloud-sync/people/own-site.ts'
import { openStaffBook, staffFile } from './staff-book.ts'

export function noteOf(what: AuditAct, about: string, more: string | null = null): NewAuditEntry {
  const detail = [more, `by ${userInfo().username}`].filter((part) => part !== null).join(', ')
  return { what, who: 'command', about, detail }
}

/** Writes one at the gateway with that data folder. */
export async function noteIn(dataDir: string, what: AuditAct, about: string, more: string | null = null) {
  const book = await openStaffBook({ file: staffFile(dataDir), site: ownSite(null), now: Date.now })
  await book.people.audit.append(noteOf(what, about, more)).finally(() => book.close())
}

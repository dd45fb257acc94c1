import { useEffect, useState } from 'preact/hooks'
import { ask } from '../../../../cloud-sync/pages/src/service.ts'
import type { AuditEntryView } from '../../../../models/contracts/staff.ts'
import { formatDayAndTime } from '../../../../models/text/format.ts'

/** The latest of what was done; `npm run audit` shows more. */
export function AuditList({ timezone }: { readonly timezone: string | undefined }) {
  const [entries, setEntries] = useState<readonly AuditEntryView[]>([])
  useEffect(() => {
    ask<AuditEntryView[]>('/api/audit?limit=50').then(setEntries, () => {})
  }, [])
  return (
    <section class="card staff-part" aria-labelledby="audit">
      <h2 id="audit">What was done</h2>
      <p class="quiet">The latest 50, newest first. Kept for 400 days; nobody can change it.</p>
      <ol class="people-list">
        {entries.map(({ at, who, what, about, place, detail }) => (
          <li key={`${at}-${what}-${about}`}>
            <span>
              <strong>{who ?? 'somebody'}</strong> {what.replaceAll('-', ' ')} {about !== null && <em>{about}</em>}
              <span class="quiet">
                {[formatDayAndTime(at, timezone), place, detail].filter((part) => part !== null).join(' · ')}
              </span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}

/**
 * What a store that was started with `npm start` proves itself by at the account service beside it: made at the first
 * start, exchanged at the first start after its end has come near. A store elsewhere gets one by `npm run stores`.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { migrate } from '../../cloud-sync/migrations.ts'
import { createAuditLog } from '../../cloud-sync/people/audit-log.ts'
import { openSqlite } from '../../cloud-sync/sql.ts'
import { endWords } from '../../cloud-sync/stores/credential-ends.ts'
import { createStoreCredentials, type StoreRole, usualDays } from '../../cloud-sync/stores/store-credentials.ts'
import { readSecret, writeSecret } from './secrets.ts'

/** `data`: the folder of everything that is kept; the token is in `<role>-token` there. `now` gives milliseconds since the epoch. Throws in words. */
export async function storeCredential(
  data: string,
  storeId: string,
  role: StoreRole,
  now: () => number,
): Promise<string> {
  const file = join(data, `${role}-token`)
  const folder = join(data, 'accounts')
  mkdirSync(folder, { recursive: true })
  const sql = openSqlite(join(folder, 'accounts.db'))
  try {
    await migrate(sql, now())
    const credentials = createStoreCredentials(sql, now)
    const kept = readSecret(file)
    const known = kept === null ? null : await credentials.find(kept)
    if (kept !== null && known?.storeId === storeId && endWords(known.endsAt, now()) === null) return kept
    const { token, credential } = await credentials.add(storeId, role, usualDays)
    writeSecret(file, token)
    const [about, detail] = [`store ${storeId}`, `${role} ${credential.id}`]
    await createAuditLog(sql, now).append({ what: 'credential-added', who: 'npm start', about, detail })
    return token
  } finally {
    await sql.close()
  }
}

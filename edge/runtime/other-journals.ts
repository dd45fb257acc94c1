/** Journals of other stores beside one: a store whose id was changed leaves its bills in the old one, which nobody sends. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openNative } from '../../models/platform/open-database.ts'

/**
 * Of journals in the folder of a store's data that have bills to send, in words; copies of its own are not among them. Nothing is
 * refused: stores may take turns in one folder.
 */
export function unsentElsewhere(folder: string, storeId: string): string[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.db'))
  return files.flatMap((file) =>
    unsentIn(join(folder, file), storeId).map(
      ({ store, unsent }) =>
        `${unsent} bills of store "${store}" in ${file} were not sent and are not, as this store is "${storeId}": start "${store}" once more, or move the file away`,
    ),
  )
}

/** Read as it is: it may be another program's. What is no journal, or damaged, is none. */
function unsentIn(path: string, storeId: string): { store: string; unsent: number }[] {
  try {
    const db = openNative(path)
    try {
      // Of one's own they are not counted: it may have a month of them.
      return db
        .prepare(
          `SELECT store, (SELECT count(*) FROM outbox WHERE delivered_at IS NULL) AS unsent
           FROM owner WHERE store <> ? AND unsent > 0`,
        )
        .all<{ store: string; unsent: number }>(storeId)
    } finally {
      db.close()
    }
  } catch {
    return []
  }
}

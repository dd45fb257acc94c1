/** Journals of other stores beside one: a store whose id was changed leaves its bills in the old one, which nobody sends. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openNative } from '../../models/platform/open-database.ts'

interface OtherJournal {
  readonly file: string
  readonly storeId: string
  /** Bills that were not sent. */
  readonly unsent: number
}

/**
 * Of journals in the folder of a store's data that have bills to send, in words; copies of its own are not among them. Nothing is
 * refused: stores may take turns in one folder.
 */
export function unsentElsewhere(folder: string, storeId: string): string[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.db'))
  const others = files.flatMap((file) => journalIn(folder, file)).filter((journal) => journal.storeId !== storeId)
  return others.flatMap(({ file, storeId: other, unsent }) =>
    unsent === 0
      ? []
      : [
          `${unsent} bills of store "${other}" in ${file} were not sent and are not, as this store is "${storeId}": start "${other}" once more, or move the file away`,
        ],
  )
}

/** Read as it is: it may be another program's. What is no journal, or damaged, is none. */
function journalIn(folder: string, file: string): OtherJournal[] {
  try {
    const db = openNative(join(folder, file))
    try {
      const row = db
        .prepare('SELECT store, (SELECT count(*) FROM outbox WHERE delivered_at IS NULL) AS unsent FROM owner')
        .get<{ store: string; unsent: number }>()
      return row === undefined ? [] : [{ file, storeId: row.store, unsent: row.unsent }]
    } finally {
      db.close()
    }
  } catch {
    return []
  }
}

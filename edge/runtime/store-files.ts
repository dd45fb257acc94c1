/**
 * The store files that this journal was written under. What was observed under one is read by it, whatever the next one says; and
 * people inside, and bills that nobody has settled, keep its prices.
 */
import type { Store } from '../../models/contracts/store.ts'
import type { Database } from '../../models/platform/open-database.ts'
import type { Before } from '../engine/catalogue.ts'
import type { EngineState } from '../engine/engine.ts'
import type { Offer } from '../engine/offers.ts'
import { checksumOf, isWhole } from './checksum.ts'

export type KeptStoreFile = {
  /** The last observation that was made under the one before. */
  readonly afterSeq: number
  /** Event time at which it took over. */
  readonly since: number
  /** JSON text. */
  readonly body: string
}

/** What was kept of them, with what was observed since the snapshot: `tailAfter` is the observation before. */
export interface Kept {
  /** Oldest first. */
  readonly storeFiles: readonly KeptStoreFile[]
  /** Observations after the engine of the snapshot, or all when there is none, oldest first. */
  readonly tail: readonly string[]
  readonly tailAfter: number
}

/** One that takes over with a commit. `needed`: since when people are inside, who keep the prices of then. */
export interface NewStoreFile {
  readonly since: number
  readonly body: string
  readonly needed: number
}

export const storeFilesSchema = `
  CREATE TABLE IF NOT EXISTS store_file (
    id INTEGER PRIMARY KEY, after_seq INTEGER NOT NULL, since INTEGER NOT NULL, body TEXT NOT NULL, crc INTEGER) STRICT;
`

/** Oldest first, the latest last; none that was changed on the disk. */
export function readStoreFiles(db: Database): KeptStoreFile[] {
  return db
    .prepare('SELECT after_seq AS afterSeq, since, body, crc FROM store_file ORDER BY id')
    .all<KeptStoreFile & { readonly crc: number | null }>()
    .filter(({ crc, body }) => isWhole(crc, body))
    .map(({ afterSeq, since, body }) => ({ afterSeq, since, body }))
}

/** Within the journal's transaction, before what is observed under it. Those that nobody needs any more go. */
export function writeStoreFile(db: Database, { since, body, needed }: NewStoreFile): void {
  db.prepare(
    `INSERT INTO store_file (after_seq, since, body, crc)
     VALUES ((SELECT coalesce(max(seq), 0) FROM observation), ?, ?, ?)`,
  ).run(Math.round(since), body, checksumOf(body))
  db.prepare(
    `DELETE FROM store_file WHERE (SELECT min(later.since) FROM store_file AS later WHERE later.id > store_file.id)
       < min(?, coalesce((SELECT min(json_extract(body, '$.startedAt')) FROM review WHERE decision IS NULL), ?))`,
  ).run(Math.round(needed), Math.round(needed))
}

/** What was observed since the snapshot, with the store file that it was observed under: this one, where none was kept. */
export function underEach(
  { storeFiles, tail, tailAfter }: Kept,
  store: Store,
): { readonly store: Store; readonly observations: readonly string[] }[] {
  if (storeFiles.length === 0) return [{ store, observations: tail }]
  return storeFiles.flatMap(({ body, afterSeq }, i) => {
    const next = storeFiles[i + 1]
    const from = i === 0 ? 0 : Math.max(0, afterSeq - tailAfter)
    const observations = tail.slice(from, next === undefined ? tail.length : Math.max(0, next.afterSeq - tailAfter))
    return observations.length === 0 ? [] : [{ store: JSON.parse(body) as Store, observations }]
  })
}

/** This store file where it is another than that of the run before, which stopped at `time`; null: it is the same. */
export function takenOver(
  store: Store,
  { storeFiles }: Pick<Kept, 'storeFiles'>,
  { sessions, trips }: EngineState,
  time: number,
): NewStoreFile | null {
  const body = JSON.stringify(store)
  if (storeFiles.at(-1)?.body === body) return null
  const entered = [...Object.values(sessions), ...Object.values(trips).flat()].map(({ enteredAt }) => enteredAt)
  return { since: storeFiles.length === 0 ? 0 : time, body, needed: Math.min(time, ...entered) }
}

/** What this run's store file took over from. */
export function beforeThis({ storeFiles }: Pick<Kept, 'storeFiles'>, taken: NewStoreFile | null): Before {
  const former = taken === null ? storeFiles.slice(0, -1) : storeFiles
  return { former: former.map(toOffer), since: (taken ?? storeFiles.at(-1))?.since ?? 0 }
}

function toOffer({ since, body }: KeptStoreFile): Offer {
  const { currency, products } = JSON.parse(body) as Store
  return { since, currency, products: new Map(products.map((product) => [product.sku, product])) }
}

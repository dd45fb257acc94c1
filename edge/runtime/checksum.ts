/**
 * Checksums of the journal's rows. SQLite finds what a power cut tore (its log has checksums of its own); a bit that the disk turned
 * years later it reads as it is.
 */
import { crc32 } from 'node:zlib'

/** CRC-32 (IEEE 802.3) of texts in their order, told apart by a zero byte. */
export function checksumOf(...texts: readonly string[]): number {
  return texts.reduce((sum, text) => crc32('\0', crc32(text, sum)), 0)
}

/** Rows of former versions have none, and are taken as they are. */
export function isWhole(crc: number | null, ...texts: readonly string[]): boolean {
  return crc === null || crc === checksumOf(...texts)
}

/** What was read is not what was written: the message says where, and what a person can do. */
export class DamagedJournalError extends Error {
  override readonly name = 'DamagedJournalError'

  constructor(what: string) {
    super(
      `${what} in the journal was changed on the disk since it was written (its checksum differs). ` +
        'Put back the last backup with `npm run restore`; bills that can still be read are taken over from this file.',
    )
  }
}

/**
 * The messages of the last minute on disk. What the journal does not hold yet when the process ends, however it ends, is taken
 * in again by the next one; and what is acknowledged to a device is on disk for good before (`durable`).
 */
import { join } from 'node:path'
import { type Files, type NewFile, platformFiles } from '../../models/platform/files.ts'
import type { IncomingMessage } from '../ingest/message.ts'
import { type LeftMessage, leftOf, processBegins } from './left.ts'
import { decode, encode, type SpoolRecord } from './record.ts'

export interface Spool {
  /**
   * What earlier processes left, oldest first; `journalTime`: where the journal stands, event time; `isAhead`: of a clock that has
   * been set back since. Call it once, before anything else. Throws where the folder cannot be used.
   */
  read(journalTime: number, isAhead?: boolean): Left
  /** Keeps a message; pictures, and what a broker repeats, are not. */
  keep(message: IncomingMessage): void
  /** The engine was given everything up to this event time, of what was kept so far, but those with these names (`nameOf`). */
  released(watermark: number, awaiting: readonly number[]): void
  /** Has written what was kept, soon: it outlives the process then, not yet a power cut. */
  write(): void
  /** Resolves when everything kept so far outlives a power cut. Rejects when the disk refuses; it is tried again later. */
  durable(): Promise<void>
  /** The journal holds everything up to this event time: what is much older is deleted. */
  settle(time: number): void
  /** Why nothing can be written now, in words; null when all is well. */
  problem(): string | null
  /** Writes what is left and closes. */
  close(): Promise<void>
}

export interface Left {
  readonly messages: readonly LeftMessage[]
  /** What is wrong with the files, in words; null: they are whole, or were cut off at their end by a kill. */
  readonly damage: string | null
}

const fileMs = 10_000
/** What is told once is taken up to a minute late (`ingest.ts`): so long a message may come again, and must be known. */
const keptMs = 70_000
/** While the disk refuses: some seconds of the busiest shop. What is above is not acknowledged, and is sent again. */
const mostWaitingBytes = 64 * 1024 * 1024
/** An hour: the journal has been out of order for so long that more would fill the disk. */
const mostFiles = 360

interface SpoolFile {
  readonly path: string
  /** Of this process; else an earlier one left it, by whatever clock. */
  readonly isOwn: boolean
  /** Something in it outlives a power cut. */
  isSafe: boolean
  /** Arrival of its newest message, or up to when the engine was given everything, by its newest word of that. */
  newest: number
}

export function createSpool(folder: string, disk: Files = platformFiles): Spool {
  let waiting: Buffer[] = []
  let waitingBytes = 0
  /** Written, and not safe from a power cut yet: at most what one file takes. */
  let unsynced: Buffer[] = []
  let newest = Number.NEGATIVE_INFINITY
  let files: SpoolFile[] = []
  let handle: NewFile | null = null
  let count = 0
  let openedAt = Number.NEGATIVE_INFINITY
  let hasBegun = false
  /** How many records were kept, are written, and outlive a power cut. */
  const records = { kept: 0, written: 0, synced: 0 }
  let wanted = false
  let running: Promise<void> | null = null
  let problem: string | null = null
  let deleting: Promise<void> = Promise.resolve()

  function add(bytes: Buffer): void {
    if (isFull()) return
    records.kept += 1
    waiting.push(bytes)
    waitingBytes += bytes.length
  }

  const isFull = () => waitingBytes > mostWaitingBytes

  /** One write after the other; what is kept meanwhile goes into the next. */
  function flush(): Promise<void> {
    running ??= writeAll().finally(() => {
      running = null
    })
    return running
  }

  async function writeAll(): Promise<void> {
    await Promise.resolve()
    while (waiting.length > 0 || (wanted && records.synced < records.written)) {
      const [bytes, taken, upTo] = [Buffer.concat(waiting), waiting, records.kept]
      waiting = []
      const sync = wanted
      wanted = false
      try {
        await append(bytes, sync)
        waitingBytes -= bytes.length
        records.written = upTo
        if (sync) isSynced()
        else unsynced.push(bytes)
        problem = null
      } catch (error) {
        // Whatever part of it was written is followed by a new file: it reads as cut off. No later sync is for this one, so
        // that what it did not make safe is written again.
        waitingBytes += unsynced.reduce((sum, { length }) => sum + length, 0)
        waiting = [...unsynced, ...taken, ...waiting]
        unsynced = []
        records.written = records.synced
        // The next try is in another file: the same trouble is said in the same words.
        problem = (error as Error).message.replace(/[/\\]spool-\d{9}/, '')
        await closeFile()
        dropUnsafe()
        throw error
      }
    }
  }

  async function append(bytes: Buffer, sync: boolean): Promise<void> {
    if (handle === null || newest - openedAt >= fileMs) await nextFile()
    const file = files.at(-1)
    if (handle === null || file === undefined) return
    await handle.append(bytes)
    file.newest = newest
    if (sync) await handle.sync()
  }

  /** All that is written is. */
  function isSynced(): void {
    records.synced = records.written
    unsynced = []
    const [oldest, last] = [files[0], files.at(-1)]
    if (last !== undefined) last.isSafe = true
    if (files.length > mostFiles && oldest !== undefined && !isOfLastHour(oldest)) forget(oldest)
  }

  /** A disk that is full again and again makes many files of few messages each. */
  const isOfLastHour = (file: SpoolFile) => file.newest <= newest && file.newest > newest - mostFiles * fileMs

  /** What stands in it is written again; one for each try would push out those that hold what was acknowledged. */
  function dropUnsafe(): void {
    const last = files.at(-1)
    if (last?.isSafe === false) forget(last)
  }

  async function nextFile(): Promise<void> {
    if (handle !== null) {
      await handle.sync()
      isSynced()
    }
    await closeFile()
    count += 1
    const path = join(folder, `spool-${String(count).padStart(9, '0')}`)
    handle = await disk.create(path)
    files.push({ path, newest, isOwn: true, isSafe: false })
    openedAt = newest
    await disk.syncFolder(folder)
  }

  async function closeFile(): Promise<void> {
    const closing = handle
    handle = null
    await closing?.close().catch(() => {})
  }

  /** One that cannot be deleted now is met again by the next process. */
  function forget(file: SpoolFile): void {
    files = files.filter((other) => other !== file)
    deleting = deleting.then(() => disk.remove(file.path)).catch(() => {})
  }

  return {
    read(journalTime, isAhead) {
      disk.makeFolder(folder)
      const paths = disk
        .names(folder)
        .filter((name) => /^spool-\d{9}$/.test(name))
        .sort()
        .map((name) => join(folder, name))
      count = Number(paths.at(-1)?.slice(-9) ?? 0)
      const left = leftIn(disk, paths, journalTime, isAhead)
      files = left.files
      return left
    },
    keep({ arrivedAt, topic, body, retain }) {
      if (body.kind !== 'bytes' || retain === true || isFrame(topic)) return
      newest = Math.max(newest, arrivedAt)
      add(encode({ kind: 'message', arrivedAt, topic, payload: body.bytes }))
    },
    released(watermark, awaiting) {
      if (!Number.isFinite(watermark)) return
      newest = Math.max(newest, watermark)
      if (!hasBegun) add(encode({ kind: 'released', watermark: processBegins, awaiting: [count] }))
      hasBegun = true
      add(encode({ kind: 'released', watermark, awaiting }))
    },
    write() {
      if (waiting.length > 0) flush().catch(() => {}) // `problem` says it.
    },
    async durable() {
      // What came last was let go.
      if (isFull()) throw new Error(problem ?? 'more waits to be written than may')
      const upTo = records.kept
      while (records.synced < upTo) {
        wanted = true
        await flush()
      }
    },
    settle(time) {
      const settled = files.slice(0, -1).filter(({ newest }) => newest < time - keptMs)
      // What came before is older, also where a clock that has been set back since says otherwise.
      const own = settled.findLast(({ isOwn }) => isOwn)
      const before = own === undefined ? [] : files.slice(0, files.indexOf(own))
      for (const file of new Set([...before, ...settled])) forget(file)
    },
    problem: () => problem,
    async close() {
      wanted = true
      await flush().catch(() => {})
      await closeFile()
      await deleting
    },
  }
}

function leftIn(
  disk: Files,
  paths: readonly string[],
  journalTime: number,
  isAhead?: boolean,
): Left & { readonly files: SpoolFile[] } {
  const all: SpoolRecord[] = []
  const damages: string[] = []
  const files: SpoolFile[] = []
  for (const path of paths) {
    // What is taken in from it must not be gone after a power cut: a device that was not acknowledged would say it a second time.
    const { records, damagedBytes } = decode(disk.readSynced(path))
    if (damagedBytes > 0) damages.push(`${path}: ${damagedBytes} bytes were changed and cannot be read`)
    const times = records.map((record) => (record.kind === 'message' ? record.arrivedAt : record.watermark))
    const newest = times.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
    files.push({ path, newest, isOwn: false, isSafe: true })
    for (const record of records) all.push(record)
  }
  return {
    messages: leftOf(all, journalTime, isAhead),
    damage: damages.length === 0 ? null : damages.join('; '),
    files,
  }
}

/** No picture of anybody is written to a disk; and by the next start it shows what is past. */
export function isFrame(topic: string): boolean {
  return topic.endsWith('/raw/frame')
}

/**
 * Whether the disk has room for what the visits of those inside can still write. Nobody else is let in before it is full: who is in
 * is billed, and a bill that cannot be written is kept in memory alone.
 */
import { statfs } from 'node:fs/promises'
import type { BusLog } from './mqtt/bus.ts'

/**
 * A visit in the journal, generously. Measured: 45 KB each, with all that shelves said meanwhile, in a journal of 0.9 MB (20 shoppers of
 * the simulated corner shop, `npm run simulate -- --seed 5 --entry gated`); a big purchase that goes to review is ten times that.
 */
export const visitBytes = 512 * 1024
/**
 * Whoever is inside: two files of the spool in the busiest shop (10 s of some 2 MB/s each), the journal's log (SQLite folds it in
 * at 4 MB) and as much again, since files are made before older ones go.
 */
export const baseBytes = 64 * 1024 * 1024
/** Opens again at so many times what is kept back, so that a gate does not open and close with each file of the spool. */
export const againAt = 1.25
/** Before the busiest shop has written a tenth of what is kept back. */
export const lookEveryMs = 2000

export interface DiskRoomOptions {
  readonly folder: string
  /** How many people are in the store. */
  readonly inside: () => number
  /** Bytes that the folder's disk still takes of this process; the platform's answer unless said. */
  readonly freeBytes?: (folder: string) => Promise<number>
  readonly log: BusLog
}

export interface DiskRoom {
  /** Looks at once, and every two seconds from then on. */
  start(): Promise<void>
  look(): Promise<void>
  /** Why nobody may be let in now, in words; null when there is room. */
  problem(): string | null
  /** At the last look; 0 before the first. */
  freeBytes(): number
  stop(): void
}

export function createDiskRoom(options: DiskRoomOptions): DiskRoom {
  const { folder, inside, freeBytes = platformFreeBytes, log } = options
  let timer: NodeJS.Timeout | null = null
  let free = 0
  let problem: string | null = null
  let cannotTell = false

  /** Of those who are in, and of one more who is let in before the next look. */
  const reserve = () => baseBytes + (inside() + 1) * visitBytes

  function judge(): void {
    const wanted = reserve() * (problem === null ? 1 : againAt)
    const words = free >= wanted ? null : tell(free, wanted, inside())
    if (problem === null && words !== null) log.warn({ free }, `nobody is let in: ${words}`)
    if (problem !== null && words === null) log.info({ free }, 'there is room on the disk again')
    problem = words
  }

  async function look(): Promise<void> {
    try {
      free = await freeBytes(folder)
      cannotTell = false
      judge()
    } catch (error) {
      if (!cannotTell) log.warn({}, `how full the disk is cannot be told: ${(error as Error).message}`)
      cannotTell = true
    }
  }

  return {
    async start() {
      await look()
      timer = setInterval(() => void look(), lookEveryMs)
    },
    look,
    problem: () => problem,
    freeBytes: () => free,
    stop() {
      if (timer !== null) clearInterval(timer)
    },
  }
}

function tell(free: number, wanted: number, inside: number): string {
  const whose =
    inside === 0 ? 'visits' : inside === 1 ? 'the visit of who is inside' : `the visits of the ${inside} inside`
  return `the disk is almost full: ${megabytes(free)} are free, and ${megabytes(wanted)} are kept back for ${whose}. Make room on it`
}

const megabytes = (bytes: number) => `${Math.floor(bytes / 1_000_000)} MB`

/** `bavail`: what is left for who is not root (statfs(2)). */
async function platformFreeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

/** The disk as those see it whose files must outlive a power cut; tests put one of their own in its place. */
import { closeSync, fdatasyncSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'

export interface NewFile {
  append(bytes: Uint8Array): Promise<void>
  /** Resolves when what was appended outlives a power cut; its name does so after `syncFolder`. */
  sync(): Promise<void>
  close(): Promise<void>
}

/** All of it throws or rejects as Node's own functions do. */
export interface Files {
  /** With the folders above it; one that is there already is fine. */
  makeFolder(path: string): void
  names(folder: string): string[]
  read(path: string): Buffer
  /** Reads what outlives a power cut afterwards. */
  readSynced(path: string): Buffer
  /** `mode`: permissions. Rejects where a file of this name is there already. */
  create(path: string, mode?: number): Promise<NewFile>
  rename(from: string, to: string): Promise<void>
  /** One that is not there is fine. */
  remove(path: string): Promise<void>
  /** Which names there are outlives a power cut afterwards (fsync(2)); Windows does so by itself and refuses. */
  syncFolder(folder: string): Promise<void>
}

export const platformFiles: Files = {
  makeFolder: (path) => void mkdirSync(path, { recursive: true }),
  names: (folder) => readdirSync(folder),
  read: (path) => readFileSync(path),
  readSynced(path) {
    const file = openSync(path, 'r+')
    try {
      fdatasyncSync(file)
      return readFileSync(file)
    } finally {
      closeSync(file)
    }
  },
  async create(path, mode) {
    const handle = await open(path, 'ax', mode)
    return {
      append: (bytes) => handle.appendFile(bytes),
      sync: () => handle.datasync(),
      close: () => handle.close(),
    }
  },
  rename,
  remove: (path) => rm(path, { force: true }),
  async syncFolder(folder) {
    const handle = await open(folder, 'r').catch(() => null)
    await handle?.sync().catch(() => {})
    await handle?.close()
  },
}

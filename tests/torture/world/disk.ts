/**
 * Files in memory that a power cut treats as POSIX allows: what was not synced is lost, torn or changed; a name that was made, moved
 * or removed counts once its folder was synced, before that perhaps. What was written outlives a mere kill.
 */
import { Buffer } from 'node:buffer'
import { basename, dirname } from 'node:path'
import type { Files, NewFile } from '../../../models/platform/files.ts'
import type { Random } from '../../../simulators/random.ts'
import type { Machine } from './machine.ts'
import type { SimulatedProcess } from './process.ts'

interface Content {
  bytes: Buffer
  /** So much of it outlives a power cut. */
  synced: number
  /** A sync of it failed: what was not safe until then never is, whatever is said later (fsync(2), Linux). */
  doomed: boolean
}

type NameChange = (names: Map<string, Content>) => void

export class SimulatedDisk {
  readonly #machine: Machine
  readonly #random: Random
  #names = new Map<string, Content>()
  #safeNames = new Map<string, Content>()
  #unsafe: { readonly folder: string; readonly change: NameChange }[] = []

  constructor(machine: Machine, random: Random) {
    this.#machine = machine
    this.#random = random
  }

  /** The disk as one process uses it. */
  filesFor(process: SimulatedProcess): Files {
    const write = <T>(what: string, work: () => T): Promise<T> =>
      process.later(this.#random.range(1, 15), what, () => {
        this.#machine.beforeWrite(what, what === 'append' || what === 'create')
        return work()
      })
    return {
      makeFolder: () => {},
      names: (folder) => this.paths(folder).map((path) => basename(path)),
      read: (path) => Buffer.from(this.#found(path).bytes),
      readSynced: (path) => {
        this.#machine.beforeWrite('sync', false)
        const content = this.#found(path)
        if (!content.doomed) content.synced = content.bytes.length
        return Buffer.from(content.bytes)
      },
      create: (path) => write('create', () => this.#create(path, write)),
      rename: (from, to) =>
        write('rename', () => {
          const content = this.#found(from)
          this.#change(dirname(to), (names) => {
            names.delete(from)
            names.set(to, content)
          })
        }),
      remove: (path) => write('remove', () => this.#change(dirname(path), (names) => void names.delete(path))),
      syncFolder: (folder) => write('sync folder', () => this.#syncFolder(folder)),
    }
  }

  /** The power is cut and comes back. */
  cutPower(): void {
    const kept = this.#random.int(0, this.#unsafe.length)
    for (const { change } of this.#unsafe.slice(0, kept)) change(this.#safeNames)
    this.#unsafe = []
    this.#names = new Map([...this.#safeNames].map(([path, content]) => [path, this.#torn(content)]))
    this.#safeNames = new Map(this.#names)
  }

  /** Somebody removes a folder's files by hand, and their names for good. */
  clear(folder: string): void {
    for (const path of this.paths(folder)) this.#change(folder, (names) => void names.delete(path))
    this.#syncFolder(folder)
  }

  /** What stands in a file; null: there is none of that name. For the oracle. */
  peek(path: string): Buffer | null {
    return this.#names.get(path)?.bytes ?? null
  }

  paths(folder: string): string[] {
    return [...this.#names.keys()].filter((path) => dirname(path) === folder)
  }

  #create(path: string, write: <T>(what: string, work: () => T) => Promise<T>): NewFile {
    if (this.#names.has(path)) throw errno('EEXIST', path)
    const content: Content = { bytes: Buffer.alloc(0), synced: 0, doomed: false }
    this.#change(dirname(path), (names) => void names.set(path, content))
    return {
      append: (bytes) =>
        write('append', () => {
          content.bytes = Buffer.concat([content.bytes, bytes])
        }).catch((error: Error) => {
          // A disk that is full takes what there is room for.
          content.bytes = Buffer.concat([content.bytes, bytes.subarray(0, this.#random.int(0, bytes.length))])
          throw error
        }),
      sync: () =>
        write('sync', () => {
          if (!content.doomed) content.synced = content.bytes.length
        }).catch((error: Error) => {
          content.doomed = true
          throw error
        }),
      close: async () => {},
    }
  }

  #change(folder: string, change: NameChange): void {
    change(this.#names)
    this.#unsafe.push({ folder, change })
  }

  #syncFolder(folder: string): void {
    for (const { change } of this.#unsafe.filter((each) => each.folder === folder)) change(this.#safeNames)
    this.#unsafe = this.#unsafe.filter((each) => each.folder !== folder)
  }

  #found(path: string): Content {
    const content = this.#names.get(path)
    if (content === undefined) throw errno('ENOENT', path)
    return content
  }

  #torn({ bytes, synced }: Content): Content {
    const left = Buffer.from(bytes.subarray(0, this.#random.int(synced, bytes.length)))
    const isChanged = left.length > synced && this.#random.chance(0.3)
    if (isChanged) left.fill(0, this.#random.int(synced, left.length - 1), left.length)
    return { bytes: left, synced: left.length, doomed: false }
  }
}

function errno(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code })
}

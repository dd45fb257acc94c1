/**
 * A real SQLite database of a machine, between SQLite and the code that uses it: statements and commits fail or meet the end of the
 * power. Files are as SQLite wrote them; of a commit that was under way, what it changed is on the disk in part.
 *
 * All of ours are opened with `synchronous = FULL`: what a commit wrote is synced when it returns, and nothing before it counts.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type DatabaseOptions,
  type NativeDatabase,
  openNative,
  type SqlRow,
  type SqlValue,
  type Statement,
} from '../../../models/platform/open-database.ts'
import { InjectedError, type Machine } from './machine.ts'
import { ProcessDied, type SimulatedProcess } from './process.ts'

/** The file and its log, as they stand on the disk. */
interface Image {
  readonly file: Buffer
  readonly log: Buffer
}

/** What a disk writes at once; a power cut leaves some of them, in any order, and of one a part. */
const sectorBytes = 512

export class SimulatedDatabase {
  readonly #machine: Machine
  readonly #folder: string
  #generation = 0
  #native: NativeDatabase | null = null
  #inTransaction = false
  /** With a commit that failed, but whose pages are in the log: whoever opens the file next finds it. */
  #ghost: Image | null = null

  /** `folder`: of this database alone. */
  constructor(machine: Machine, folder: string) {
    this.#machine = machine
    this.#folder = folder
    mkdirSync(this.#path(), { recursive: true })
    machine.onPowerCut.push(() => this.#goOnFrom(this.#afterCut()))
  }

  /** Where the file is now; a new place after each power cut, which leaves the handles of the dead behind. */
  file(): string {
    return join(this.#path(), 'data.db')
  }

  optionsFor(process: SimulatedProcess): DatabaseOptions {
    return { open: () => this.#open(process) }
  }

  /** Rows as they are, without faults; nothing while no process has it open. */
  peek<Row extends SqlRow>(sql: string, values: readonly SqlValue[] = []): Row[] {
    return this.#native === null || this.#inTransaction ? [] : this.#native.prepare(sql).all<Row>(...values)
  }

  /** Replaces the file while no process runs that has it open. */
  replace(work: (path: string) => void): void {
    // At a new place, as after a power cut: handles of the dead keep the old one locked for a while.
    this.#goOnFrom(this.#image())
    work(this.file())
  }

  /** Frees the file; the process that had it is dead or has ended. */
  close(): void {
    this.#inTransaction = false
    this.#native?.close()
    this.#native = null
  }

  #open(process: SimulatedProcess): NativeDatabase {
    // A process that was killed left it open.
    this.#goOnFrom(this.#ghost ?? this.#image())
    this.#native = openNative(this.file())
    return {
      exec: (sql) => this.#run(process, sql, (native) => native.exec(sql)),
      prepare: (sql) => this.#statement(process, sql),
      close: () => {
        if (process.alive) this.#closeWell()
      },
    }
  }

  /** Compiled anew at each call, since the handle may be another one by then. */
  #statement(process: SimulatedProcess, sql: string): Statement {
    const run = <T>(work: (statement: Statement) => T) => this.#run(process, sql, (native) => work(native.prepare(sql)))
    return {
      run: (...values: readonly SqlValue[]) => run((statement) => statement.run(...values)),
      get: <Row extends SqlRow>(...values: readonly SqlValue[]) => run((statement) => statement.get<Row>(...values)),
      all: <Row extends SqlRow>(...values: readonly SqlValue[]) => run((statement) => statement.all<Row>(...values)),
      iterate: <Row extends SqlRow>(...values: readonly SqlValue[]) =>
        run((statement) => statement.all<Row>(...values)).values(),
    }
  }

  #run<T>(process: SimulatedProcess, sql: string, work: (native: NativeDatabase) => T): T {
    if (!process.alive) throw new ProcessDied()
    const word = /^\s*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? ''
    if (word === 'PRAGMA') return work(this.#handle())
    if (word === 'ROLLBACK') return this.#ended(work(this.#handle()))
    const isRead = word === 'SELECT'
    this.#machine.beforeStatement(!isRead)
    if (word === 'COMMIT' || !(isRead || word === 'BEGIN' || this.#inTransaction)) return this.#commit(work)
    const result = work(this.#handle())
    if (word === 'BEGIN') this.#inTransaction = true
    return result
  }

  #ended<T>(result: T): T {
    this.#inTransaction = false
    return result
  }

  /** The moment from which on something counts. */
  #commit<T>(work: (native: NativeDatabase) => T): T {
    const { faults } = this.#machine
    if (faults.strikes('power cut in a commit')) this.#dieCommitting(work)
    if (faults.strikes('commit fails once')) throw new InjectedError('disk I/O error')
    if (faults.strikes('commit fails and is there')) this.#failCommitting(work)
    const result = this.#ended(work(this.#handle()))
    this.#ghost = null
    return result
  }

  #dieCommitting(work: (native: NativeDatabase) => unknown): never {
    const before = this.#image()
    work(this.#handle())
    const torn = this.#torn(before, this.#image())
    this.#machine.cutPower()
    this.#goOnFrom(torn)
    throw new ProcessDied()
  }

  /** SQLite says that it failed and goes on without it; its pages lie in the log until another commit is written over them. */
  #failCommitting(work: (native: NativeDatabase) => unknown): never {
    const before = this.#image()
    work(this.#handle())
    const after = this.#image()
    this.#goOnFrom(before)
    this.#native = openNative(this.file())
    this.#native.exec('PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;')
    this.#ghost = after
    throw new InjectedError('disk I/O error')
  }

  /**
   * What SQLite does at the end of the last handle. By itself it does so when the statements of that are freed, which is when the
   * platform likes: another day in each life of the same seed.
   */
  #closeWell(): void {
    this.#native?.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    this.#goOnFrom(this.#image())
  }

  #afterCut(): Image {
    return this.#ghost !== null && this.#machine.random.chance(0.5) ? this.#ghost : this.#image()
  }

  #goOnFrom(image: Image): void {
    this.close()
    this.#ghost = null
    rmSync(this.#path(), { recursive: true })
    this.#generation += 1
    mkdirSync(this.#path())
    writeFileSync(this.file(), image.file)
    writeFileSync(`${this.file()}-wal`, image.log)
  }

  #image(): Image {
    const read = (path: string) => (existsSync(path) ? readFileSync(path) : Buffer.alloc(0))
    return { file: read(this.file()), log: read(`${this.file()}-wal`) }
  }

  /** The log is synced before pages of it go to the file. */
  #torn(before: Image, after: Image): Image {
    if (before.file.equals(after.file)) return { file: after.file, log: this.#mixed(before.log, after.log) }
    return { file: this.#mixed(before.file, after.file), log: after.log }
  }

  #mixed(before: Buffer, after: Buffer): Buffer {
    const { random } = this.#machine
    const mixed = Buffer.alloc(Math.max(before.length, after.length))
    before.copy(mixed)
    for (let at = 0; at < after.length; at += sectorBytes) {
      const fate = random.weighted({ written: 4, lost: 2, torn: 1 })
      const bytes = fate === 'written' ? sectorBytes : fate === 'lost' ? 0 : random.int(0, sectorBytes)
      after.copy(mixed, at, at, Math.min(after.length, at + bytes))
    }
    return mixed
  }

  #path(): string {
    return join(this.#folder, String(this.#generation))
  }

  #handle(): NativeDatabase {
    if (this.#native === null) throw new Error('the database is not open')
    return this.#native
  }
}

/** A computer of the world: its clock, its disk, and the process on it, which dies of what happens to them. */
import { baseBytes } from '../../../gateway/disk-room.ts'
import type { Random } from '../../../simulators/random.ts'
import type { ChanceFault, Faults } from './faults.ts'
import { ProcessDied, SimulatedProcess } from './process.ts'
import type { Timeline } from './timeline.ts'

/** 2026-11-21T08:00:00Z, milliseconds. */
const epoch = 1_795_248_000_000

/** What the disk says for as long as nobody mends it. */
type DiskTrouble = 'full' | 'broken'
const refusals: Readonly<Record<DiskTrouble, { readonly file: string; readonly database: string }>> = {
  full: { file: 'ENOSPC: no space left on device', database: 'database or disk is full' },
  broken: { file: 'EIO: i/o error', database: 'disk I/O error' },
}

/** Nobody asks how much it is. */
const plentyBytes = 1e12

/** In SQLite's words, or the system's. */
export class InjectedError extends Error {}

export class Machine {
  readonly name: string
  readonly timeline: Timeline
  readonly faults: Faults
  readonly random: Random
  /** How far its clock is from true time, milliseconds. */
  clockOffsetMs = 0
  /** Told when the power is cut: disks lose what was not synced. */
  onPowerCut: (() => void)[] = []
  /** Told when its process is dead, after all else. */
  onDeath: () => void = () => {}
  #process: SimulatedProcess | null = null
  #trouble: DiskTrouble | null = null
  #freeBytes = plentyBytes
  #shortSince: number | null = null

  constructor(name: string, timeline: Timeline, faults: Faults, random: Random) {
    this.name = name
    this.timeline = timeline
    this.faults = faults
    this.random = random
  }

  /** Milliseconds since the epoch, by its own clock. */
  readonly clock = (): number => epoch + this.timeline.now + this.timeline.nightsMs + this.clockOffsetMs

  begin(): SimulatedProcess {
    this.#process = new SimulatedProcess(this.timeline)
    return this.#process
  }

  get running(): boolean {
    return this.#process?.alive === true
  }

  /** The process ends by itself. */
  end(): void {
    if (this.#process !== null) this.#process.alive = false
  }

  kill(): void {
    if (!this.running) return
    this.timeline.note(`${this.name} is killed`)
    this.end()
    this.onDeath()
  }

  cutPower(): void {
    const wasRunning = this.running
    this.timeline.note(`${this.name} loses power`)
    this.end()
    for (const cut of this.onPowerCut) cut()
    if (wasRunning) this.onDeath()
  }

  get trouble(): DiskTrouble | null {
    return this.#trouble
  }

  /** The disk refuses from now on. */
  spoil(trouble: DiskTrouble): void {
    this.#trouble ??= trouble
    this.#noteRoom()
  }

  /** Something else writes to the disk: so much is left. */
  leaveFree(bytes: number): void {
    this.#freeBytes = bytes
    this.#noteRoom()
  }

  /** The disk is well, and there is room on it. */
  mend(): void {
    this.#trouble = null
    this.#freeBytes = plentyBytes
    this.#noteRoom()
  }

  freeBytes(): number {
    return this.#trouble === 'full' ? 0 : this.#freeBytes
  }

  /** For how long there has been less room than is kept back whoever is inside, milliseconds. */
  get shortForMs(): number {
    return this.#shortSince === null ? 0 : this.timeline.now - this.#shortSince
  }

  #noteRoom(): void {
    this.#shortSince = this.freeBytes() < baseBytes ? (this.#shortSince ?? this.timeline.now) : null
  }

  /** Throws what a write to a file meets. */
  beforeWrite(what: string, needsRoom: boolean): void {
    this.maybeDie('power cut at a write')
    if (this.#trouble === 'broken' || (this.#trouble === 'full' && needsRoom))
      throw new InjectedError(refusals[this.#trouble].file)
    if (this.faults.strikes('write fails once')) throw new InjectedError(`EIO: i/o error, ${what}`)
  }

  /** Throws what a statement meets; reading goes on while the disk is full. */
  beforeStatement(writes: boolean): void {
    if (this.#process?.alive !== true) throw new ProcessDied()
    if (this.#trouble === 'broken' || (this.#trouble === 'full' && writes))
      throw new InjectedError(refusals[this.#trouble].database)
    if (this.faults.strikes('statement fails once')) throw new InjectedError(refusals.broken.database)
    if (this.faults.strikes('database busy')) throw new InjectedError('database is locked')
  }

  maybeDie(kind: ChanceFault): void {
    if (!this.running) throw new ProcessDied()
    if (!this.faults.strikes(kind)) return
    this.cutPower()
    throw new ProcessDied()
  }
}

/**
 * The store's own tracker: pictures of its cameras in, `raw/targets` out, within a budget of inference. What cannot be looked
 * at in time is let go; messages never wait for it. Pictures are in memory only, and the newest of each camera at that.
 */
import type { SensorEvent } from '../../edge/events.ts'
import { decodedOnce } from '../../edge/inference/decoding.ts'
import type { Inference } from '../../edge/inference/inference.ts'
import { changeBetween, thumbnail } from '../../edge/inference/motion-cue.ts'
import { PictureError } from '../../edge/inference/picture.ts'
import {
  lookedAt,
  newAttention,
  nextCamera,
  pictureCame,
  pictureTaken,
  plateStirred,
} from '../../edge/tracking/attention.ts'
import { watchersOf } from '../../edge/tracking/shelves.ts'
import type { Store } from '../../models/contracts/store.ts'
import { deviceTopic } from '../../models/contracts/topics.ts'
import type { CameraFrame, FrameDesk } from '../cameras/frame-desk.ts'
import type { Clock } from '../clock.ts'
import type { Bus, BusLog } from '../mqtt/bus.ts'
import { createSight, type EnrolledProducts, type Said, type Sight } from './sight.ts'

/** Where pictures of all cameras wait: the newest of each. */
export type FrameSource = Pick<FrameDesk, 'onFrame' | 'take' | 'newest'>

type Stopwatch = () => () => number

/**
 * On the wall's clock a look costs what it takes. A simulator's time stands still meanwhile: there each costs what it does on
 * an idle core, people and the pose of one of them (`npm run bench:vision`), however slow and busy this machine is.
 */
export const stopwatches = {
  wall: () => {
    const startedAt = performance.now()
    return () => performance.now() - startedAt
  },
  simulated: () => () => 35,
} as const satisfies Record<string, Stopwatch>

export interface PerceptionOptions {
  readonly store: Store
  readonly frames: FrameSource
  /** Called at the first picture: a thread costs memory, and a store may have cameras that send none. */
  readonly startInference: () => Inference
  readonly publish: Bus['publish']
  readonly clock: Clock
  /** Started at a look, tells its milliseconds at the end: what it costs (`stopwatches`). */
  readonly stopwatch: Stopwatch
  /** Looks when it is waited for (`settled`) and at no other time, so that a run on simulated time is the same each time. */
  readonly stepwise: boolean
  /** Changes at each start. */
  readonly boot: string
  /** What products look like; null: pictures are looked at for people alone. */
  readonly products: EnrolledProducts | null
  readonly log: BusLog
  /** Of a second of one core. */
  readonly budgetMs?: number
}

export interface PerceptionStats {
  readonly looks: number
  readonly badPictures: number
  /** Pictures too old for tracking, and detections beyond the floor. */
  readonly late: number
  readonly elsewhere: number
  readonly tracks: number
}

export interface Perception {
  start(): void
  /** What the scales say, for where to look. */
  heard(event: SensorEvent): void
  /** Resolves when no picture is being looked at and none is due. */
  settled(): Promise<void>
  /** Why nothing is seen at all, in words; null while all is well. */
  problem(): string | null
  stats(): PerceptionStats
  stop(): Promise<void>
}

/** Leaves a fifth of a core to what else there is to do with pictures: decoding, and copies. */
const usualBudgetMs = 800
/** How often time moves on for tracks while no picture comes. */
const tickMs = 50
/** A motion cue is worth no more than this: a fifth of a millisecond of the main loop each. */
const cueEveryMs = 200

/** Null where the store has no use for it (`visionDevice`). */
export function createPerception(options: PerceptionOptions): Perception | null {
  const sight = createSight(options)
  return sight === null ? null : new StorePerception(sight, options)
}

class StorePerception implements Perception {
  readonly #options: PerceptionOptions
  readonly #sight: Sight
  readonly #watchers: ReadonlyMap<string, readonly string[]>
  readonly #attention
  readonly #cues = new Map<string, { small: Uint8Array; atMs: number }>()
  readonly #cueing = new Set<Promise<void>>()
  readonly #complained = new Set<string>()
  readonly #counts = { looks: 0, badPictures: 0 }
  #inference: Inference | null = null
  #timer: NodeJS.Timeout | undefined
  #busy: Promise<void> | null = null
  #problem: string | null = null
  #stopped = false

  constructor(sight: Sight, options: PerceptionOptions) {
    this.#options = options
    this.#sight = sight
    this.#watchers = watchersOf(sight.plates, sight.eyes.values())
    this.#attention = newAttention(sight.eyes.keys())
  }

  start(): void {
    this.#options.frames.onFrame((camera) => this.#came(camera))
    if (!this.#options.stepwise) this.#timer = setInterval(() => this.#tick(), tickMs)
    this.#status('online')
  }

  heard(event: SensorEvent): void {
    const now = this.#options.clock.now()
    for (const cell of this.#sight.heard(event))
      for (const camera of this.#watchers.get(cell) ?? []) plateStirred(this.#attention, camera, now)
  }

  async settled(): Promise<void> {
    await Promise.all(this.#cueing)
    this.#tick()
    while (this.#busy !== null) await this.#busy
    this.#tick()
  }

  problem(): string | null {
    return this.#problem
  }

  stats(): PerceptionStats {
    const { counts, tracks } = this.#sight.tracking
    return { ...this.#counts, late: counts.late, elsewhere: counts.elsewhere, tracks: tracks.length }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearInterval(this.#timer)
    await this.#busy
    await this.#inference?.stop()
    this.#publish(this.#sight.finish(this.#options.clock.now()))
    this.#status('offline')
  }

  #came(camera: string): void {
    if (this.#stopped || this.#problem !== null) return
    const now = this.#options.clock.now()
    pictureCame(this.#attention, camera, null, now)
    if (now - (this.#cues.get(camera)?.atMs ?? Number.NEGATIVE_INFINITY) >= cueEveryMs) {
      const cue = this.#cue(camera, now).finally(() => this.#cueing.delete(cue))
      this.#cueing.add(cue)
    }
    if (!this.#options.stepwise) this.#kick()
  }

  /** A picture that cannot be read says so when it is looked at. */
  async #cue(camera: string, now: number): Promise<void> {
    const before = this.#cues.get(camera)
    const frame = this.#sight.eyes.has(camera) ? this.#options.frames.newest(camera) : null
    if (frame === null) return
    this.#cues.set(camera, { small: before?.small ?? new Uint8Array(), atMs: now })
    try {
      const small = await thumbnail(await decodedOnce(frame.picture))
      this.#cues.set(camera, { small, atMs: now })
      if (before !== undefined) pictureCame(this.#attention, camera, changeBetween(small, before.small), now)
    } catch (error) {
      if (!(error instanceof PictureError)) throw error
    }
  }

  #tick(): void {
    this.#kick()
    this.#publish(this.#sight.said(this.#options.clock.now()))
  }

  #kick(): void {
    if (this.#busy !== null || this.#stopped || this.#problem !== null) return
    const camera = nextCamera(this.#attention, this.#options.budgetMs ?? usualBudgetMs, this.#options.clock.now())
    if (camera === null) return
    pictureTaken(this.#attention, camera)
    const frame = this.#options.frames.take(camera)
    if (frame === null) return
    this.#busy = this.#lookAt(frame).finally(() => {
      this.#busy = null
      this.#tick()
    })
  }

  async #lookAt(frame: CameraFrame): Promise<void> {
    const { startInference, clock, stopwatch } = this.#options
    this.#inference ??= startInference()
    const spentMs = stopwatch()
    try {
      const looked = await this.#sight.look(this.#inference, frame, clock.now)
      this.#counts.looks += 1
      const crowd = looked.kind === 'looked' ? looked.crowd : 'nobody'
      lookedAt(this.#attention, frame.camera, { crowd, spentMs: spentMs(), nowMs: clock.now() })
      if (looked.kind === 'bad-picture') this.#complain(frame.camera, looked.why)
      else if (looked.kind === 'no-network') this.#giveUp(looked.why)
    } catch (error) {
      this.#giveUp(`the thread that looks at pictures ended: ${(error as Error).message}`)
    }
  }

  /** Once for each camera; the rest is counted. */
  #complain(camera: string, why: string): void {
    this.#counts.badPictures += 1
    if (this.#complained.has(camera)) return
    this.#complained.add(camera)
    this.#options.log.warn({ camera }, `a picture of ${camera} cannot be looked at: ${why}`)
  }

  /** The store goes on by its scales; a new start is needed for more. */
  #giveUp(why: string): void {
    if (this.#stopped) return
    this.#problem = why
    this.#options.log.warn(
      { device: this.#sight.device },
      `the cameras see nobody, the store goes on without them: ${why}`,
    )
    this.#status('offline')
  }

  /** Like any tracker's: what is lost while there is no broker is lost. */
  #publish(said: readonly Said[]): void {
    for (const { topic, json } of said)
      this.#options.publish(topic, JSON.stringify(json), { qos: 'targets' in json.data ? 0 : 1 }).catch(() => {})
  }

  #status(status: 'online' | 'offline'): void {
    const topic = deviceTopic(this.#options.store.id, this.#sight.device, 'status')
    this.#options.publish(topic, status, { qos: 1, retain: true }).catch(() => {})
  }
}

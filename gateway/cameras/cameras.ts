/** The store's cameras: their streams, what they send over MQTT, whether they were turned. Pictures go to the desk only. */
import { type CameraStream, openStream } from '../../devices/camera/stream.ts'
import { viewFromText, viewText } from '../../devices/camera/view.ts'
import type { DeviceView } from '../../models/contracts/http.ts'
import type { Store } from '../../models/contracts/store.ts'
import type { CameraConfig } from '../../models/geometry/camera.ts'
import type { Clock } from '../clock.ts'
import type { Rejection } from '../ingest/causes.ts'
import type { Accepted } from '../ingest/ingest.ts'
import type { BusLog } from '../mqtt/bus.ts'
import { withCamera } from './device-view.ts'
import type { FrameDesk } from './frame-desk.ts'
import { frameOf } from './frame-of.ts'
import type { Logins } from './logins.ts'
import { stillOf, viewOfPicture } from './picture-views.ts'
import { createViewWatch, type ViewWatch, viewEveryMs } from './view-watch.ts'

/** Somebody in a hurry walks 15 cm meanwhile; more would be decoded and thrown away. */
const maxFps = 10

export interface CamerasOptions {
  readonly store: Store
  readonly desk: FrameDesk
  readonly logins: Logins
  readonly clock: Clock
  readonly onRejected: (rejection: Rejection) => void
  readonly log: BusLog
}

/** What a person who calibrates a camera looks at. */
export interface Still {
  readonly jpeg: Buffer
  /** When it was taken, milliseconds since the epoch. */
  readonly tsMs: number
  /** What stands still in its pictures, as the store file has it; null while too little was seen. */
  readonly view: string | null
}

export interface Cameras {
  start(): void
  /** Takes the frames among what ingest accepted. */
  heard(accepted: Accepted): void
  /** A device as it is with what is known of its stream and view. */
  withCamera(view: DeviceView): DeviceView
  /** The newest picture; null while there is none. Rejects when it cannot be decoded. */
  still(camera: string): Promise<Still | null>
  stop(): Promise<void>
}

export function createCameras(options: CamerasOptions): Cameras {
  return new StoreCameras(options)
}

class StoreCameras implements Cameras {
  readonly #options: CamerasOptions
  readonly #configs: ReadonlyMap<string, CameraConfig>
  readonly #watches: ReadonlyMap<string, ViewWatch>
  readonly #streams = new Map<string, CameraStream>()
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | null = null

  constructor(options: CamerasOptions) {
    this.#options = options
    const cameras = options.store.devices.flatMap((device) => (device.kind === 'camera' ? [device] : []))
    this.#configs = new Map(cameras.map((camera) => [camera.id, camera]))
    this.#watches = new Map(
      cameras.map(({ id, view }) => [id, createViewWatch(view === undefined ? null : viewFromText(view))]),
    )
  }

  start(): void {
    for (const camera of this.#configs.values()) this.#open(camera)
    if (this.#configs.size > 0) this.#timer = setInterval(() => this.#look(), viewEveryMs)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all([...this.#streams.values()].map((stream) => stream.stop()))
    await this.#looking
  }

  heard(accepted: Accepted): void {
    const config = this.#configs.get(accepted.device)
    if (accepted.kind !== 'frame' || config === undefined) return
    const frame = frameOf(accepted, config)
    if ('refused' in frame) this.#options.onRejected(frame.refused)
    else this.#options.desk.put(frame)
  }

  withCamera(view: DeviceView): DeviceView {
    const watch = this.#watches.get(view.id)
    if (watch === undefined) return view
    const stats = this.#options.desk.stats().find(({ camera }) => camera === view.id)
    const stream = this.#streams.get(view.id)?.state() ?? null
    const { frames = 0, latestMs = null } = stats ?? {}
    return withCamera(view, { stream, moved: watch.moved(), frames, latestMs }, this.#options.clock.now())
  }

  async still(camera: string): Promise<Still | null> {
    const frame = this.#options.desk.newest(camera)
    if (frame === null) return null
    const view = this.#watches.get(camera)?.steady() ?? null
    return { jpeg: await stillOf(frame.picture), tsMs: frame.tsMs, view: view === null ? null : viewText(view) }
  }

  #open({ id, stream: url, image: size }: CameraConfig): void {
    if (url === undefined) return
    const { desk, logins, clock, log } = this.#options
    const stream = openStream({
      url,
      size,
      maxFps,
      login: logins.get(id) ?? null,
      now: () => clock.now(),
      random: Math.random,
      onPicture: ({ width, height, rgb }, tsMs) =>
        desk.put({ camera: id, tsMs, picture: { kind: 'rgb', bytes: rgb, width, height } }),
      onWord: (word, live) => log[live ? 'info' : 'warn']({ camera: id }, `camera ${id}: ${word}`),
    })
    this.#streams.set(id, stream)
  }

  /** On a machine too slow for all cameras within the time, less often. */
  #look(): void {
    this.#looking ??= this.#lookAtAll().finally(() => {
      this.#looking = null
    })
  }

  async #lookAtAll(): Promise<void> {
    for (const [camera, watch] of this.#watches) await this.#lookAt(camera, watch)
  }

  async #lookAt(camera: string, watch: ViewWatch): Promise<void> {
    const frame = this.#options.desk.newest(camera)
    if (frame === null || this.#options.clock.now() - frame.tsMs > viewEveryMs * 2) return
    const before = watch.moved()
    watch.add(await viewOfPicture(frame.picture))
    if (watch.moved() === before) return
    const { log } = this.#options
    if (before) log.info({ camera }, `camera ${camera} sees again what it was calibrated for`)
    else log.warn({ camera }, `camera ${camera} was turned: it sees something else than when it was calibrated`)
  }
}

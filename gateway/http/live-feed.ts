/** Server-sent events: the newest picture to each page, never more than it can take. */
import type { ServerResponse } from 'node:http'

/** A page that is shown in a whole chain's offices is not ours to serve; a store has a handful of screens. */
const maxViewers = 100
/** Five pictures a second: what the eye calls live. */
const pictureMs = 200
/** Proxies close what is silent for a minute; a page notices a dead line sooner. */
const heartbeatMs = 15_000
/** A page that has not read a picture for so long is gone or asleep. */
const stuckMs = 10_000

export interface LiveFeedOptions {
  /** The newest picture as JSON. */
  readonly picture: () => Promise<string>
  /** Milliseconds, for how long a viewer reads nothing. */
  readonly now: () => number
  readonly onError: (error: Error) => void
}

interface Viewer {
  readonly response: ServerResponse
  readonly stillMay: () => Promise<boolean>
  stuckSince: number | null
}

export interface LiveFeed {
  /**
   * Writes head and first picture and keeps the response open; false when there are too many. `stillMay` is asked at each
   * heartbeat, and the response ends when it says no.
   */
  add(response: ServerResponse, stillMay: () => Promise<boolean>): boolean
  viewers(): number
  /** Ends all responses. */
  stop(): void
}

/** Works only while somebody looks. */
export function createLiveFeed(options: LiveFeedOptions): LiveFeed {
  return new PictureFeed(options)
}

class PictureFeed implements LiveFeed {
  readonly #options: LiveFeedOptions
  readonly #viewers = new Set<Viewer>()
  #last = ''
  #timers: NodeJS.Timeout[] = []
  #drawing = false

  constructor(options: LiveFeedOptions) {
    this.#options = options
  }

  add(response: ServerResponse, stillMay: () => Promise<boolean>): boolean {
    if (this.#viewers.size >= maxViewers) return false
    const viewer: Viewer = { response, stillMay, stuckSince: null }
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    response.on('close', () => this.#remove(viewer))
    response.on('error', () => this.#remove(viewer))
    this.#viewers.add(viewer)
    this.#run()
    if (this.#last === '') response.flushHeaders()
    else this.#show(viewer)
    return true
  }

  viewers(): number {
    return this.#viewers.size
  }

  stop(): void {
    for (const { response } of [...this.#viewers]) response.end()
    this.#viewers.clear()
    this.#rest()
  }

  #run(): void {
    if (this.#timers.length > 0) return
    void this.#draw()
    this.#timers = [setInterval(() => void this.#draw(), pictureMs), setInterval(() => void this.#beat(), heartbeatMs)]
  }

  #rest(): void {
    for (const timer of this.#timers) clearInterval(timer)
    this.#timers = []
    this.#last = ''
  }

  #remove(viewer: Viewer): void {
    this.#viewers.delete(viewer)
    if (this.#viewers.size === 0) this.#rest()
  }

  async #draw(): Promise<void> {
    if (this.#drawing) return
    this.#drawing = true
    try {
      const picture = await this.#options.picture()
      if (this.#viewers.size === 0 || picture === this.#last) return
      this.#last = picture
      for (const viewer of this.#viewers) this.#show(viewer)
    } catch (error) {
      this.#options.onError(error as Error)
    } finally {
      this.#drawing = false
    }
  }

  /** A page that has not read the last picture is spared this one; each picture is whole, so it misses nothing. */
  #show(viewer: Viewer): void {
    const { response } = viewer
    if (!response.writableNeedDrain) {
      viewer.stuckSince = null
      response.write(`event: live\ndata: ${this.#last}\n\n`)
      return
    }
    viewer.stuckSince ??= this.#options.now()
    if (this.#options.now() - viewer.stuckSince > stuckMs) response.destroy()
  }

  async #beat(): Promise<void> {
    for (const { response, stillMay } of [...this.#viewers]) {
      if (!(await stillMay())) response.end()
      else if (!response.writableNeedDrain) response.write(': still here\n\n')
    }
  }
}

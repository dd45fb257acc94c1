/** A camera's live stream, decoded by ffmpeg in a process of its own and opened again whenever it is lost. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { complaintOf, startOf } from './ffmpeg.ts'
import { redacted } from './login.ts'
import { PpmSplitter, type RgbPicture } from './ppm.ts'
import { type StreamSource, streamArguments, streamScript } from './stream-arguments.ts'
import { dueAt, openingState, type StreamEvent, type StreamState, streamTurn } from './stream-state.ts'

export interface StreamOptions extends StreamSource {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** From 0 to 1. */
  readonly random: () => number
  /** Each picture with the time at which it was here. They are read as they come; what is not wanted is let go. */
  readonly onPicture: (picture: RgbPicture, at: number) => void
  /** News for a person: that pictures come, or why none do and when the next try is. No login is in it. */
  readonly onWord: (word: string, live: boolean) => void
}

export interface CameraStream {
  state(): StreamState
  /** Resolves when its process is gone. */
  stop(): Promise<void>
}

/** Never throws: a stream that cannot be opened, ends or stalls is said and tried again, for ever. */
export function openStream(options: StreamOptions): CameraStream {
  const stream = new FfmpegStream(options)
  stream.open()
  return stream
}

type Ffmpeg = ChildProcessByStdio<Writable, Readable, Readable>

class FfmpegStream implements CameraStream {
  readonly #options: StreamOptions
  #state: StreamState
  #child: Ffmpeg | null = null
  #ended: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(options: StreamOptions) {
    this.#options = options
    this.#state = openingState(options.now())
  }

  state(): StreamState {
    return this.#state
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#child?.kill('SIGKILL')
    await this.#ended
  }

  open(): void {
    const child = spawn('ffmpeg', streamArguments(this.#options), {
      stdio: ['pipe', 'pipe', 'pipe'],
      // Neither our secrets nor a proxy for the shop's own network.
      env: { PATH: process.env.PATH },
    })
    this.#child = child
    this.#ended = this.#follow(child)
    this.#wake()
  }

  async #follow(child: Ffmpeg): Promise<void> {
    const why = await whyEnded(child, streamScript(this.#options), (picture) => {
      if (this.#child !== child) return
      const at = this.#options.now()
      this.#turn({ kind: 'frame' })
      this.#options.onPicture(picture, at)
    })
    if (this.#child === child) this.#turn({ kind: 'ended', why: redacted(why, this.#options.login) })
  }

  #turn(event: StreamEvent): void {
    if (this.#stopped) return
    const { now, random, onWord } = this.#options
    const { state, act, word } = streamTurn(this.#state, event, now(), random())
    this.#state = state
    if (act === 'close') this.#child?.kill('SIGKILL')
    if (act === 'open') this.open()
    if (event.kind !== 'frame' || word !== null) this.#wake()
    if (word !== null) onWord(word, state.phase === 'live')
  }

  /** While pictures come the time only moves on; it is looked at anew when it was to be up. */
  #wake(): void {
    clearTimeout(this.#timer)
    if (this.#stopped) return
    const waitMs = Math.max(0, dueAt(this.#state) - this.#options.now())
    this.#timer = setTimeout(() => this.#turn({ kind: 'due' }), waitMs)
  }
}

/** Resolves when the process is gone, with the reason in words; never rejects. */
async function whyEnded(child: Ffmpeg, script: string, onPicture: (picture: RgbPicture) => void): Promise<string> {
  const splitter = new PpmSplitter()
  let fault: string | null = null
  child.stdout.on('data', (piece: Uint8Array) => {
    if (fault !== null) return
    try {
      for (const picture of splitter.push(piece)) onPicture(picture)
    } catch (error) {
      fault = (error as Error).message
      child.kill('SIGKILL')
    }
  })
  child.stdin.on('error', () => {}) // It ended before it read its script; why is heard from it.
  child.stdin.end(script)
  const complaint = complaintOf(child)
  complaint.catch(() => {}) // It never began, which is heard next.
  try {
    await startOf(child)
    const said = await complaint
    return fault ?? said ?? 'the camera ended the stream'
  } catch (error) {
    return (error as Error).message
  }
}

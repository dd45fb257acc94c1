/** Frames of a video file, decoded by ffmpeg in a process of its own. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { complaintOf, startOf } from './ffmpeg.ts'
import { PpmSplitter, type RgbPicture } from './ppm.ts'

export interface VideoFrame extends RgbPicture {
  /** Counted from 0 over all frames of the file. */
  readonly frame: number
  /** Since the beginning of the file, as its container says. */
  readonly timeMs: number
}

/** A video that cannot be read, or the lack of a program that reads it; in words for a person. */
export class VideoError extends Error {
  override readonly name = 'VideoError'
}

/**
 * Every n-th frame from the first on, one at a time: ffmpeg waits while nobody asks. Throws a VideoError where there is no
 * ffmpeg (5.1 or later) and for a file that it cannot decode.
 */
export async function* videoFrames(path: string, every: number): AsyncGenerator<VideoFrame> {
  const child = spawn('ffmpeg', argumentsFor(path, every), { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
  const ended = complaintOf(child)
  ended.catch(() => {}) // It never began, which is heard next.
  await startOf(child).catch((error: Error) => {
    throw new VideoError(error.message)
  })
  const [, pictures, , times] = child.stdio as unknown as [null, Readable, Readable, Readable]
  const timesMs = presentationTimes(times)
  let count = 0
  try {
    for await (const picture of split(pictures)) {
      const time = await timesMs.next()
      if (time.done === true) throw new VideoError(`${path}: ffmpeg gave no time for frame ${count * every}`)
      yield { ...picture, frame: count * every, timeMs: time.value }
      count += 1
    }
    const complaint = await ended
    if (complaint !== null) throw new VideoError(complaint)
  } finally {
    child.kill('SIGKILL')
  }
  if (count === 0) throw new VideoError(`${path}: found no picture in it`)
}

/** Pictures go to standard output; ffmpeg 5.1's `metadata` filter writes each one's time to a pipe beside it, before the picture. */
function argumentsFor(path: string, every: number): string[] {
  const times = 'metadata=mode=add:key=sampled:value=1,metadata=mode=print:file=pipe\\\\:3:direct=1'
  return [
    ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-i', `file:${path}`, '-map', '0:v:0'],
    ...['-vf', `select=not(mod(n\\,${every})),${times}`, '-fps_mode', 'passthrough'],
    ...['-pix_fmt', 'rgb24', '-codec:v', 'ppm', '-f', 'image2pipe', 'pipe:1'],
  ]
}

async function* split(stream: Readable): AsyncGenerator<RgbPicture> {
  const splitter = new PpmSplitter()
  for await (const piece of stream) yield* splitter.push(piece as Uint8Array)
}

/** Of lines such as `frame:3    pts:600000  pts_time:3`. */
async function* presentationTimes(stream: Readable): AsyncGenerator<number> {
  for await (const line of createInterface({ input: stream })) {
    const seconds = /\bpts_time:(\S+)/.exec(line)?.[1]
    if (seconds !== undefined) yield Math.round(1000 * Number(seconds))
  }
}

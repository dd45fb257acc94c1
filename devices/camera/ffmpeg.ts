/** The machine's ffmpeg, as a process (docs/decisions/0006). */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** Where there is no ffmpeg, in words for a person. */
export const installFfmpeg =
  'ffmpeg was not found, which decodes videos. Install it (Debian, Ubuntu: apt-get install ffmpeg; macOS: brew install ' +
  'ffmpeg; Windows: winget install ffmpeg) so that `ffmpeg -version` answers'

/** More of what ffmpeg complains about helps nobody; a damaged file can make it complain at each frame. */
const maxComplaintBytes = 2_000

/** Resolves when ffmpeg runs; rejects in words when it cannot. */
export async function startOf(child: ChildProcess): Promise<void> {
  try {
    await once(child, 'spawn')
  } catch (error) {
    throw new Error((error as NodeJS.ErrnoException).code === 'ENOENT' ? installFfmpeg : (error as Error).message)
  }
}

/** Resolves when ffmpeg has ended and everything that it wrote was read: null when it did all, else its last complaint. */
export async function complaintOf(child: ChildProcess): Promise<string | null> {
  let complaint = ''
  child.stderr?.on('data', (piece: Buffer) => {
    complaint = (complaint + piece.toString()).slice(-maxComplaintBytes)
  })
  const [code] = await once(child, 'close')
  if (code === 0) return null
  const last = complaint.trim().split('\n').at(-1) ?? ''
  return `ffmpeg: ${last.replace(/^pipe:0: /, '')}`
}

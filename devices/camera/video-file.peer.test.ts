/** Needs ffmpeg. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { VideoError, videoFrames } from './video-file.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillfree-video-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('videoFrames()', () => {
  it.each([
    ['a file that is not there', 'missing.mp4', null, 'No such file'],
    ['a file that is no video', 'notes.mp4', 'milk, bread', 'Invalid data'],
    ['an empty file', 'empty.mp4', '', 'Invalid data'],
    ['a name that looks like an option', '-version', null, 'No such file'],
  ])('refuses %s', async (_, name, text, message) => {
    const path = name.startsWith('-') ? name : join(folder, name)
    if (text !== null) writeFileSync(path, text)
    await expect(videoFrames(path, 1).next()).rejects.toThrow(VideoError)
    await expect(videoFrames(path, 1).next()).rejects.toThrow(message)
  })
})

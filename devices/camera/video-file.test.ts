import { afterEach, describe, expect, it } from 'vitest'
import { VideoError, videoFrames } from './video-file.ts'

const { PATH } = process.env
afterEach(() => {
  process.env.PATH = PATH
})

describe('videoFrames()', () => {
  it('says what to install where there is no ffmpeg', async () => {
    process.env.PATH = ''
    const frames = videoFrames('any.mp4', 1)
    await expect(frames.next()).rejects.toThrow(VideoError)
    await expect(videoFrames('any.mp4', 1).next()).rejects.toThrow(/ffmpeg was not found.+apt-get install ffmpeg/)
  })
})

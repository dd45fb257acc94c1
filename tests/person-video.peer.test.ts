/** A real video of six people who walk through, one at a time; its README says which sampled frames show somebody. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { videoFrames } from '../devices/camera/video-file.ts'
import { startInference } from '../edge/inference/inference.ts'
import { DetectError, type DetectedFrame, detect } from '../gateway/detect/detect.ts'

const video = resolve(import.meta.dirname, '../../shared/data/person-video/one-by-one-person-detection.mp4')
const every = 10
/** Indices of sampled frames with somebody in view, both ends included. */
const visits = [
  [6, 19],
  [23, 44],
  [51, 69],
  [75, 86],
  [93, 119],
  [124, 135],
] as const

function showsSomebody({ frame }: DetectedFrame): boolean {
  return visits.some(([first, last]) => frame / every >= first && frame / every <= last)
}

const frames: DetectedFrame[] = []

beforeAll(async () => {
  if (!existsSync(video)) throw new Error(`${video} is missing: this test needs the recording person-video there`)
  const inference = startInference()
  for await (const frame of detect(video, every, inference)) frames.push(frame)
  await inference.stop()
})

describe('detect()', () => {
  it('gives every tenth frame with its time', () => {
    expect(frames).toHaveLength(140)
    expect(frames.map(({ frame }) => frame)).toEqual(Array.from({ length: 140 }, (_, index) => index * every))
    expect(frames.at(-1)?.timeMs).toBe(139_000)
  })

  it('sees somebody in at least 104 of the 106 frames that show somebody, in at most 1 of the 34 others', () => {
    const seen = frames.filter(({ persons }) => persons.length > 0)
    expect(frames.filter(showsSomebody)).toHaveLength(106)
    expect(seen.filter(showsSomebody).length).toBeGreaterThanOrEqual(104)
    expect(seen.filter((frame) => !showsSomebody(frame)).length).toBeLessThanOrEqual(1)
  })

  it('sees the one person once, within the picture', () => {
    expect(frames.filter(({ persons }) => persons.length > 1)).toEqual([])
    for (const { box, score } of frames.flatMap(({ persons }) => persons)) {
      const [x = -1, y = -1, width = 0, height = 0] = box
      expect([x >= 0, y >= 0, x + width <= 768.1, y + height <= 432.1, score >= 0.4]).not.toContain(false)
    }
  })
})

describe('detect() without a network', () => {
  it('stops at the first frame, with the words why', async () => {
    const refused = async () => ({ kind: 'no-network', why: 'was altered' }) as const
    const inference = { look: refused, poses: refused, stop: async () => {} }
    await expect(detect(video, every, inference).next()).rejects.toThrow(new DetectError('was altered'))
  })
})

describe('videoFrames()', () => {
  it('stops ffmpeg when nobody wants more', async () => {
    for await (const { frame, width, height } of videoFrames(video, 1)) {
      expect([frame, width, height]).toEqual([0, 768, 432])
      break
    }
  })
})

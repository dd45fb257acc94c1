/** A real video of six people who walk through, one at a time; its README says which sampled frames show somebody. */
import { beforeAll, describe, expect, it } from 'vitest'
import { videoFrames } from '../devices/camera/video-file.ts'
import { startInference } from '../edge/inference/inference.ts'
import { openPersonDetector } from '../edge/inference/person-detector.ts'
import { DetectError, type DetectedFrame, detect } from '../gateway/detect/detect.ts'
import { labelledEvery, personVideo, showsSomebody, visitCount } from './evaluation/vision/person-video.ts'
import { followed, looksAt } from './evaluation/vision/persons.ts'

const every = labelledEvery
const frames: DetectedFrame[] = []

beforeAll(async () => {
  const inference = startInference()
  for await (const frame of detect(personVideo(), every, inference)) frames.push(frame)
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
    expect(frames.filter(({ frame }) => showsSomebody(frame))).toHaveLength(106)
    expect(seen.filter(({ frame }) => showsSomebody(frame)).length).toBeGreaterThanOrEqual(104)
    expect(seen.filter((frame) => !showsSomebody(frame.frame)).length).toBeLessThanOrEqual(1)
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
    const inference = { look: refused, poses: refused, products: refused, stop: async () => {} }
    await expect(detect(personVideo(), every, inference).next()).rejects.toThrow(new DetectError('was altered'))
  })
})

describe('followed()', () => {
  it('gives six visits six ids, at two looks a second and at one', async () => {
    const looks = await looksAt(await openPersonDetector(() => performance.now()), 5)
    for (const [what, some] of [
      ['two', looks],
      ['one', looks.filter(({ frame }) => frame % 10 === 0)],
    ] as const)
      expect(followed(what, some)).toMatchObject({ tracks: visitCount, wholeVisits: visitCount })
  })
})

describe('videoFrames()', () => {
  it('stops ffmpeg when nobody wants more', async () => {
    for await (const { frame, width, height } of videoFrames(personVideo(), 1)) {
      expect([frame, width, height]).toEqual([0, 768, 432])
      break
    }
  })
})

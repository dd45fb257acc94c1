/** A camera that somebody turns, on a real video of a shop's camera; cut out of its pictures so that it can be turned. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { type VideoFrame, videoFrames } from '../devices/camera/video-file.ts'
import { hasMoved, steadyView, thumbnailSize, type View, viewOf } from '../devices/camera/view.ts'

const video = resolve(import.meta.dirname, '../../shared/data/person-video/one-by-one-person-detection.mp4')
/** What is cut away on the left and right, half of it above and below. */
const margin = 80
/** As many pictures as the gateway looks at, a second apart: somebody is in most of them. */
const lookedAt = 24

const frames: VideoFrame[] = []
beforeAll(async () => {
  if (!existsSync(video)) throw new Error(`${video} is missing: this test needs the recording person-video there`)
  for await (const frame of videoFrames(video, 10)) frames.push(frame)
})

interface Change {
  /** Pixels of 608, which such a lens sees in about 60 degrees. */
  readonly right?: number
  readonly down?: number
  readonly light?: number
}

async function viewOfFrame(
  { width, height, rgb }: VideoFrame,
  { right = 0, down = 0, light = 1 }: Change,
): Promise<View> {
  const cut = { left: margin + right, top: margin / 2 + down, width: width - 2 * margin, height: height - margin }
  const seen = sharp(rgb, { raw: { width, height, channels: 3 } })
    .extract(cut)
    .linear(light, 0)
  const grey = seen.toColourspace('b-w').resize(thumbnailSize.width, thumbnailSize.height, { fit: 'fill' })
  const view = viewOf(await grey.raw().toBuffer())
  if (view === null) throw new Error('the shop is lit')
  return view
}

async function steadyViews(change: Change): Promise<View[]> {
  const views = await Promise.all(frames.map((frame) => viewOfFrame(frame, change)))
  return [0, 23, 46, 69, 92, 115].map((from) => steadyView(views.slice(from, from + lookedAt)))
}

/** How many of all pairs of a calibrated view and one of now are told apart. */
async function shareMoved(change: Change): Promise<number> {
  const [calibrated, now] = [await steadyViews({}), await steadyViews(change)]
  const told = calibrated.flatMap((then) => now.map((view) => hasMoved(then, view)))
  return told.filter(Boolean).length / told.length
}

describe('hasMoved()', () => {
  it.each<[string, Change]>([
    ['as it was', {}],
    ['in a third of the light', { light: 0.3 }],
    ['in more light', { light: 1.4 }],
    ['that trembles by half a degree', { right: 5 }],
  ])('lets a camera be %s', async (_, change) => {
    expect(await shareMoved(change)).toBe(0)
  })

  it.each<[string, Change]>([
    ['3 degrees', { right: 30 }],
    ['4 degrees to the left', { right: -40 }],
    ['7 degrees', { right: 70 }],
    ['4 degrees down', { down: 40 }],
  ])('sees a camera that was turned by %s', async (_, change) => {
    expect(await shareMoved(change)).toBe(1)
  })
})

import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Inference, startInference } from './inference.ts'
import type { Picture } from './picture.ts'

let inference: Inference
let wall: Picture

beforeAll(async () => {
  inference = startInference()
  const create = { width: 640, height: 480, channels: 3, background: { r: 180, g: 170, b: 160 } } as const
  wall = { kind: 'jpeg', bytes: await sharp({ create }).jpeg().toBuffer() }
})
afterAll(() => inference.stop())

describe('stop()', () => {
  it('answers what is being looked at and rejects what waits', async () => {
    const stopped = startInference()
    await stopped.look(wall)
    const all = Promise.allSettled([stopped.look(wall), stopped.look(wall), stopped.look(wall)])
    await stopped.stop()
    const [first, ...others] = (await all).map(({ status }) => status)
    expect(first).toBe('fulfilled')
    expect(others).toContain('rejected')
  })
})

describe('look()', () => {
  it('sees nobody on a bare wall', async () => {
    const seen = await inference.look(wall)
    expect(seen).toMatchObject({ kind: 'seen', persons: [] })
  })

  it('leaves the picture with whoever sent it', async () => {
    await inference.look(wall)
    expect(await inference.look(wall)).toMatchObject({ kind: 'seen' })
    expect(wall.bytes.length).toBeGreaterThan(0)
  })

  it('says what is wrong with a picture, and sees the next one', async () => {
    const damaged = { kind: 'jpeg', bytes: wall.bytes.subarray(0, 100) } as const
    const [bad, good] = await Promise.all([inference.look(damaged), inference.look(wall)])
    expect(bad).toMatchObject({ kind: 'bad-picture', why: expect.any(String) })
    expect(good).toMatchObject({ kind: 'seen' })
  })

  it('refuses what it could not look at soon', async () => {
    const all = await Promise.allSettled(Array.from({ length: 40 }, () => inference.look(wall)))
    const refused = all.filter(({ status }) => status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    expect(all.length - refused.length).toBeGreaterThanOrEqual(16)
    expect(await inference.look(wall)).toMatchObject({ kind: 'seen' })
  })
})

describe('poses()', () => {
  it('answers in the order of the boxes, and says what is wrong with a picture', async () => {
    const boxes = [
      [10, 10, 40, 100],
      [300, 100, 60, 160],
    ] as const
    const seen = await inference.poses(wall, boxes)
    expect(seen.kind === 'posed' && seen.poses.map(({ landmarks }) => landmarks.length)).toEqual([0, 0])
    const damaged = { kind: 'jpeg', bytes: wall.bytes.subarray(0, 100) } as const
    expect(await inference.poses(damaged, boxes)).toMatchObject({ kind: 'bad-picture', why: expect.any(String) })
  })
})

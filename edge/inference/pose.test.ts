import { describe, expect, it } from 'vitest'
import { croppedPixels } from './picture.ts'
import { landmarksIn, openPoseEstimator, regionAround } from './pose.ts'

describe('regionAround()', () => {
  it('is a square around the middle, a quarter larger than the longer side', () => {
    expect(regionAround([100, 50, 40, 200])).toEqual([-5, 25, 250, 250])
  })
})

describe('landmarksIn()', () => {
  it('gives 33 in pixels of the picture; the surer of being hidden decides', () => {
    const joints = new Float32Array(39 * 5)
    joints.set([128, 64, 0, 3, 3], 15 * 5)
    joints.set([128, 64, 0, 3, -3], 16 * 5)
    const found = landmarksIn(joints, [-5, 25, 250, 250], 256)
    expect(found).toHaveLength(33)
    expect(found[15]?.pixel).toEqual([120, 87.5])
    expect(found[15]?.visibility).toBeCloseTo(0.95, 2)
    expect(found[16]?.visibility).toBeCloseTo(0.05, 2)
  })
})

describe('croppedPixels()', () => {
  const size = { width: 8, height: 8 }
  const picture = { kind: 'rgb', ...size, bytes: new Uint8Array(8 * 8 * 3).fill(200) } as const

  it('is black where the box reaches beyond the picture', async () => {
    const pixels = await croppedPixels(picture, size, [-8, 0, 16, 16], { width: 4, height: 4 })
    const reds = Array.from({ length: 16 }, (_, index) => pixels[3 * index])
    expect(reds).toEqual([0, 0, 200, 200, 0, 0, 200, 200, 0, 0, 0, 0, 0, 0, 0, 0])
  })

  it.each([
    ['beyond the picture', [900, 900, 10, 10]],
    ['of less than a pixel', [3, 3, 0.2, 0.2]],
    ['that holds the picture many times', [-4000, -4000, 8000, 8000]],
  ] as const)('gives as many pixels for a box %s', async (_, box) => {
    expect(await croppedPixels(picture, size, box, { width: 4, height: 4 })).toHaveLength(48)
  })
})

describe('look()', () => {
  it('finds nobody on a bare wall', async () => {
    const estimator = await openPoseEstimator()
    const wall = { kind: 'rgb', width: 64, height: 64, bytes: new Uint8Array(64 * 64 * 3).fill(170) } as const
    const { presence, landmarks } = await estimator.look(wall, [10, 10, 20, 40])
    expect(presence).toBeLessThan(0.5)
    expect(landmarks).toEqual([])
  })
})

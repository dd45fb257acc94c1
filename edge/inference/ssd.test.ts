import { describe, expect, it } from 'vitest'
import { ssdAnchors } from './ssd-anchors.ts'
import { ssdBoxes } from './ssd-boxes.ts'

const anchors = ssdAnchors()
const input = { width: 300, height: 300 }

describe('ssdAnchors()', () => {
  it('gives as many as the network has outputs', () => {
    expect(anchors).toHaveLength(1917)
  })

  it('begins with three boxes in the corner and ends with six in the middle', () => {
    const [small, wide, high] = anchors
    expect(small).toEqual({ centerX: 0.5 / 19, centerY: 0.5 / 19, width: 0.1, height: 0.1 })
    expect(wide?.width).toBeCloseTo(2 * (wide?.height ?? 0))
    expect(high?.height).toBeCloseTo(2 * (high?.width ?? 0))
    const last = anchors.slice(-6)
    expect(last.every(({ centerX, centerY }) => centerX === 0.5 && centerY === 0.5)).toBe(true)
    expect(last[0]).toMatchObject({ width: 0.95, height: 0.95 })
    expect(last[5]?.width).toBeCloseTo(Math.sqrt(0.95))
  })

  it('goes along a row before it goes down', () => {
    expect(anchors[3]).toMatchObject({ centerX: 1.5 / 19, centerY: 0.5 / 19 })
    expect(anchors[3 * 19]).toMatchObject({ centerX: 0.5 / 19, centerY: 1.5 / 19 })
  })

  it('covers areas of the same size at every ratio of a map', () => {
    const [, ...map] = anchors.slice(1083, 1083 + 5)
    for (const { width, height } of map) expect(width * height).toBeCloseTo(0.35 ** 2)
  })
})

describe('ssdBoxes()', () => {
  /** One anchor speaks for class 4 with these log odds and offsets; the others are silent. */
  function outputs(anchor: number, logOdds: number, offsets: readonly number[]) {
    const boxes = new Float32Array(anchors.length * 4)
    const classes = new Float32Array(anchors.length * 24).fill(-20)
    boxes.set(offsets, anchor * 4)
    classes[anchor * 24 + 4] = logOdds
    return { boxes, classes }
  }
  const wanted = { label: 4, score: 0.4, input }

  it('gives the anchor itself where the network moves nothing', () => {
    const [found, ...more] = ssdBoxes(outputs(1916, 2, [0, 0, 0, 0]), anchors, wanted)
    expect(more).toEqual([])
    expect(found?.score).toBeCloseTo(0.8808)
    const side = 300 * Math.sqrt(0.95)
    for (const [index, value] of [150 - side / 2, 150 - side / 2, side, side].entries())
      expect(found?.box[index]).toBeCloseTo(value)
  })

  it('moves the centre by tenths of the anchor and stretches it by fifths of e', () => {
    const [found] = ssdBoxes(outputs(0, 2, [10, 0, 5, 0]), anchors, wanted)
    const [x = 0, y = 0, width = 0, height = 0] = found?.box ?? []
    expect([width, height]).toEqual([30, expect.closeTo(30 * Math.E)])
    expect(x + width / 2).toBeCloseTo((300 * 0.5) / 19)
    expect(y + height / 2).toBeCloseTo((300 * 0.5) / 19 + 30)
  })

  it('leaves out what is below the score, of another class, or no number', () => {
    expect(ssdBoxes(outputs(0, Math.log(0.39 / 0.61), [0, 0, 0, 0]), anchors, wanted)).toEqual([])
    expect(ssdBoxes(outputs(0, 2, [0, 0, 0, 0]), anchors, { ...wanted, label: 5 })).toEqual([])
    expect(ssdBoxes(outputs(0, Number.NaN, [0, 0, 0, 0]), anchors, wanted)).toEqual([])
  })
})

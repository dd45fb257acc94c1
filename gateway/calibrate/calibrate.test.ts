import { expect, test } from 'vitest'
import { calibrate } from '../../models/geometry/calibration/calibrate.ts'
import { clicked, corner, gridOf } from '../../models/geometry/calibration/testing.ts'
import { testStore } from '../testing/store.ts'
import { calibrationWords, cameraIn, withCalibration } from './calibrate.ts'
import { parsePoints } from './points-file.ts'

const points = clicked(corner, gridOf(corner.image, 3, 3))
const result = calibrate({ image: corner.image, points })
if (!result.ok) throw new Error(result.why)

test('parsePoints() takes points on the floor and at a height', () => {
  const text = '[{ "pixel": [1, 2], "place": [3, 4] }, { "pixel": [5, 6], "place": [7, 8, 1.2] }]'
  expect(parsePoints(text)).toEqual([
    { pixel: [1, 2], place: [3, 4, 0] },
    { pixel: [5, 6], place: [7, 8, 1.2] },
  ])
})

test.each([
  ['{"pixel":', /JSON|Unexpected/],
  ['[{ "pixel": [1, "2"], "place": [3, 4] }]', /\/0\/pixel\/1: found "2", wanted number/],
])('parsePoints() refuses %s, in words', (text, words) => {
  expect(() => parsePoints(text)).toThrow(words)
})

test('withCalibration() changes what was found of the camera, drops an old view and leaves the rest', () => {
  const store = testStore()
  const devices = store.devices.map((device) =>
    device.kind === 'camera' ? { ...device, stream: 'rtsp://10.0.0.7/live', view: 'A'.repeat(512) } : device,
  )
  const calibrated = withCalibration({ ...store, devices }, 'cam1', result.fields, null)
  expect(cameraIn(calibrated, 'cam1')).toEqual({
    id: 'cam1',
    kind: 'camera',
    stream: 'rtsp://10.0.0.7/live',
    ...result.fields,
  })
  expect({ ...calibrated, devices: [] }).toEqual({ ...store, devices: [] })
  expect(cameraIn(withCalibration(store, 'cam1', result.fields, 'B'.repeat(512)), 'cam1').view).toBe('B'.repeat(512))
})

test('cameraIn() names the cameras there are', () => {
  expect(() => cameraIn(testStore(), 'g1')).toThrow('found "g1", wanted a camera of the store file: cam1')
})

test('calibrationWords() has the error in centimetres, and where it is worst', () => {
  const off = points.map((point, i) =>
    i === 4 ? { ...point, place: [point.place[0] + 0.2, point.place[1], 0] as const } : point,
  )
  const worse = calibrate({ image: corner.image, points: off })
  if (!worse.ok) throw new Error(worse.why)
  const words = calibrationWords(off, worse)
  expect(words).toMatch(/On the floor, at the points: \d+\.\d cm \(root mean square\), worst \d+\.\d cm at point \d\./)
  expect(words).toMatch(/as is to be expected elsewhere: .+ at point \d\./)
  expect(calibrationWords(points, result)).toContain('hangs at 0.20, 0.30, 2.70 m; focal length 500 pixels.')
})

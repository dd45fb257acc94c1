import { expect, test } from 'vitest'
import { createFrameDesk } from './frame-desk.ts'

const frame = (tsMs: number, camera = 'cam1') => ({
  camera,
  tsMs,
  picture: { kind: 'jpeg' as const, bytes: new Uint8Array() },
})

test('createFrameDesk() gives the newest frame of a camera, once, and counts what nobody took', () => {
  const desk = createFrameDesk()
  for (const ts of [1, 2, 3]) desk.put(frame(ts))
  desk.put(frame(9, 'cam2'))
  expect(desk.take('cam1')?.tsMs).toBe(3)
  expect(desk.take('cam1')).toBeNull()
  expect(desk.newest('cam1')?.tsMs).toBe(3)
  desk.put(frame(4))
  expect(desk.take('cam1')?.tsMs).toBe(4)
  expect(desk.stats()).toEqual([
    { camera: 'cam1', frames: 4, shed: 2, latestMs: 4 },
    { camera: 'cam2', frames: 1, shed: 0, latestMs: 9 },
  ])
})

test('createFrameDesk() lets go of a frame that comes after a newer one, or twice', () => {
  const desk = createFrameDesk()
  const heard: string[] = []
  desk.onFrame((camera) => heard.push(camera))
  desk.put(frame(5))
  desk.put(frame(4))
  expect([desk.take('cam1')?.tsMs, heard, desk.stats()[0]?.shed]).toEqual([5, ['cam1'], 1])
  desk.put(frame(5))
  expect([desk.take('cam1'), heard, desk.stats()[0]?.shed]).toEqual([null, ['cam1'], 2])
  expect(desk.take('nobody')).toBeNull()
})

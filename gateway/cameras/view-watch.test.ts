import { expect, test } from 'vitest'
import { createViewWatch } from './view-watch.ts'

/** A view whose edges lie `turned` parts further to the left. */
const view = (turned: number) => Uint8Array.from({ length: 384 }, (_, i) => (((i >> 1) + turned) * 7919) % 97)
const add = (watch: ReturnType<typeof createViewWatch>, turned: number, times: number) => {
  for (let i = 0; i < times; i += 1) watch.add(view(turned))
}

test('createViewWatch() notices a camera that was turned, within two minutes of pictures, and when it was turned back', () => {
  const watch = createViewWatch(view(0))
  add(watch, 0, 24)
  expect([watch.moved(), watch.steady()]).toEqual([false, view(0)])
  add(watch, 2, 11)
  expect(watch.moved()).toBe(false)
  add(watch, 2, 13)
  expect(watch.moved()).toBe(true)
  add(watch, 0, 24)
  expect(watch.moved()).toBe(false)
})

test('createViewWatch() compares with what it saw first where nothing was calibrated', () => {
  const watch = createViewWatch(null)
  add(watch, 5, 24)
  expect(watch.moved()).toBe(false)
  add(watch, 7, 24)
  expect(watch.moved()).toBe(true)
})

test('createViewWatch() says nothing before enough was seen, or in the dark', () => {
  const watch = createViewWatch(view(0))
  for (let i = 0; i < 100; i += 1) watch.add(null)
  add(watch, 3, 23)
  expect([watch.moved(), watch.steady()]).toEqual([false, null])
})

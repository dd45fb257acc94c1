import { expect, test } from 'vitest'
import { madeUpLabels } from '../cameras/goods.ts'
import { smallCamera } from '../cameras/testing.ts'
import { shopOf } from '../scenario/open.ts'
import { standalone } from '../simulation.ts'
import { faultless, scenarioOf } from '../testing.ts'
import type { PictureSettings } from './camera.ts'
import type { Arrival } from './outbox.ts'

const scenario = scenarioOf(...faultless, 'shoppers: { count: 3 }')

function arrivals(pictures?: Partial<PictureSettings>): Arrival[] {
  const store = shopOf('test', scenario, { seed: 1 })
  const hung = { ...store, devices: [...store.devices, smallCamera] }
  const settings = { framesPerSecond: 2, prints: madeUpLabels, insteadOfTracker: false, ...pictures }
  const { simulation } = standalone(hung, scenario, 1, pictures === undefined ? undefined : settings)
  simulation.start()
  return simulation.step(simulation.opens + 10_000)
}

const others = (list: readonly Arrival[]) => list.filter(({ device }) => device !== 'cam1')

test('a camera sends a picture at a steady pace, a tenth of a second after it was taken', () => {
  const frames = arrivals({}).flatMap(({ t, channel, payload }) =>
    channel === 'raw/frame' && 'picture' in payload ? [{ t, at: payload.picture.takenAtMs }] : [],
  )
  expect(frames.length).toBeGreaterThanOrEqual(20)
  for (const { t, at } of frames) expect(t - at).toBeLessThan(200)
  for (const [i, { at }] of frames.slice(1).entries()) expect(at - (frames[i]?.at ?? 0)).toBeCloseTo(500, -1)
})

test('cameras change nothing of what the other devices say', () => {
  expect(others(arrivals({}))).toEqual(others(arrivals()))
})

test('in place of a tracker they leave it silent, and nothing else', () => {
  const silent = arrivals({ insteadOfTracker: true })
  expect(silent.some(({ device }) => device === 'trk')).toBe(false)
  expect(others(silent)).toEqual(others(arrivals()).filter(({ device }) => device !== 'trk'))
})

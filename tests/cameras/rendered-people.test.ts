import { expect, test } from 'vitest'
import { openPersonDetector } from '../../edge/inference/person-detector.ts'
import { type Instant, watched } from './sightings.ts'

/** Fewer pixels than this the detector hardly tells from anything else, be they real people or drawn ones. */
const leastHeight = 130

test('the detector from npm, trained on real people, finds the people of the simulated cameras, and nothing else', async () => {
  const detector = await openPersonDetector(() => performance.now())
  const seen: Instant[] = []
  for await (const instant of watched({ seed: 1, seconds: [40, 60, 80, 100, 120, 140] }, detector)) seen.push(instant)
  const clear = seen
    .flatMap(({ sightings }) => sightings)
    .filter(({ visible, isCut, isAlone, box }) => visible >= 0.8 && !isCut && isAlone && box[3] >= leastHeight)
  expect(clear.length).toBeGreaterThan(8)
  expect(clear.filter(({ score }) => score !== null).length / clear.length).toBeGreaterThan(0.75)
  expect(seen.reduce((sum, { invented }) => sum + invented, 0)).toBeLessThanOrEqual(1)
})

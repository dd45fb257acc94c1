/** What the tests of this folder share. */
import type { CameraConfig } from '../../models/geometry/camera.ts'
import { shopOf } from '../scenario/open.ts'
import { type Simulation, standalone } from '../simulation.ts'
import { nobody, scenarioOf } from '../testing.ts'

/** In a corner under the ceiling of the corner shop, with a bent lens; small, so that tests are quick. */
export const smallCamera: CameraConfig = {
  id: 'cam1',
  kind: 'camera',
  image: [160, 120],
  intrinsics: { fx: 100, fy: 100, cx: 80, cy: 60 },
  distortion: { k1: -0.2, k2: 0.03, p1: 0.001, p2: -0.001 },
  position: [0.1, 0.1, 2.6],
  lookAt: [3, 3, 0.6],
  up: [0, 0, 1],
}

/** Anna does this in the corner shop, and nobody else is there. */
export function annaAlone(seed: number, ...does: string[]): Simulation {
  const acts = does.map((act) => `    - ${act}`)
  const scenario = scenarioOf(
    ...nobody,
    'shop: { entry: open }',
    'people:',
    '- name: Anna',
    '  arrives: 0',
    '  does:',
    ...acts,
  )
  const { simulation } = standalone(shopOf('test', scenario, { seed }), scenario, seed)
  simulation.start()
  return simulation
}

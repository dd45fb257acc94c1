/** The scene suite: short hard situations, each in a YAML file beside this one, at several levels, for any seed. */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Cameras, withCameras } from '../cameras/hang.ts'
import { Random } from '../random.ts'
import { readScenario, shopOf } from '../scenario/open.ts'
import { type Simulation, standalone } from '../simulation.ts'
import { atLevel, type Level } from './levels.ts'

export { type Level, levels } from './levels.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))

/** In order of the alphabet. */
export function sceneNames(): string[] {
  return readdirSync(folder)
    .flatMap((file) => (file.endsWith('.yaml') ? [file.slice(0, -'.yaml'.length)] : []))
    .sort()
}

/**
 * A scene, ready to be played: not started. Each scene has shops of its own for a seed; the levels of one share theirs.
 * @throws Error where no scene has the name, or its file is wrong
 */
export function openScene(name: string, level: Level, seed: number, cameras?: Cameras): Simulation {
  const names = sceneNames()
  if (!names.includes(name)) throw new Error(`--scene: found "${name}", wanted one of ${names.join(', ')}`)
  const path = `${folder}${name}.yaml`
  const own = new Random(seed, `scene/${name}`).uint32()
  const scenario = atLevel(readScenario(path), level, new Random(own, 'level'))
  const store = shopOf(path, scenario, { seed: own })
  const shop = cameras === undefined ? store : withCameras(store, cameras)
  return standalone(shop, scenario, own, cameras?.pictures).simulation
}

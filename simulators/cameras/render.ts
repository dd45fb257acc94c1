/** What the cameras of a simulated shop see, as files: pictures, and the truth about who is where in each. */
import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { PictureSettings } from '../sensors/camera.ts'
import type { Simulation } from '../simulation.ts'
import { jpegOf } from './jpeg.ts'
import { StoreCamera } from './store-camera.ts'

export interface RenderSettings {
  readonly folder: string
  /** Of a shop with cameras; not started yet. */
  readonly simulation: Simulation
  /** Of what people and the shop look like. */
  readonly seed: number
  readonly pictures: PictureSettings
  /** From the opening of the shop, seconds. */
  readonly from: number
  readonly seconds: number
}

/** Writes `{camera}-{milliseconds since the opening}.jpg`, `truth.jsonl` with a line a picture, and `store.json`. */
export async function render({ folder, simulation, seed, pictures, from, seconds }: RenderSettings): Promise<number> {
  const { world } = simulation
  const { framesPerSecond, prints } = pictures
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'store.json'), `${JSON.stringify(world.store, null, 1)}\n`)
  const truth = createWriteStream(join(folder, 'truth.jsonl'))
  const configs = world.store.devices.filter((device) => device.kind === 'camera')
  const cameras = configs.map((config) => new StoreCamera(config, world, seed, prints))
  simulation.start()
  for (let frame = 0; frame < seconds * framesPerSecond; frame++) {
    const sinceMs = Math.round(1000 * (from + frame / framesPerSecond))
    simulation.step(simulation.opens + sinceMs)
    for (const camera of cameras) {
      const picture = camera.frame()
      const file = `${camera.id}-${sinceMs}.jpg`
      await writeFile(join(folder, file), await jpegOf(picture))
      truth.write(`${JSON.stringify({ file, camera: camera.id, tsMs: picture.takenAtMs, people: camera.truth() })}\n`)
    }
  }
  truth.end()
  await finished(truth)
  return cameras.length * Math.ceil(seconds * framesPerSecond)
}

/** What the real detector finds in pictures of the simulated cameras, held against who is in them. */
import type { PersonDetector } from '../../edge/inference/person-detector.ts'
import { intersectionOverUnion } from '../../edge/inference/suppression.ts'
import { madeUpLabels } from '../../simulators/cameras/goods.ts'
import { usualCameras, withCameras } from '../../simulators/cameras/hang.ts'
import { jpegOf } from '../../simulators/cameras/jpeg.ts'
import type { SeenPerson } from '../../simulators/cameras/seen-people.ts'
import { StoreCamera } from '../../simulators/cameras/store-camera.ts'
import { openScenario } from '../../simulators/scenario/open.ts'
import { standalone } from '../../simulators/simulation.ts'

/** A person in one camera's picture. */
export interface Sighting extends SeenPerson {
  /** Nobody else's box overlaps theirs, seen or not. */
  readonly isAlone: boolean
  /** Of the box that was found; null where none was. */
  readonly score: number | null
}

export interface Instant {
  readonly sightings: readonly Sighting[]
  /** People in the shop, and those of them that at least one camera found. */
  readonly people: number
  readonly found: number
  /** Boxes that are around nobody. */
  readonly invented: number
  readonly boxes: number
}

/** A box is somebody's from this share of the union on: the usual measure of detection (PASCAL VOC). */
const leastOverlap = 0.5
/** A box that touches somebody at least so much is not invented, only badly placed. */
const touching = 0.3

export interface Watched {
  readonly seed: number
  /** After the opening, in order. */
  readonly seconds: readonly number[]
}

/** The corner shop of an ordinary day, with a camera in each corner, as it is at these times. */
export async function* watched({ seed, seconds }: Watched, detector: PersonDetector): AsyncGenerator<Instant> {
  const { scenario, store } = openScenario({ seed })
  const shop = withCameras(store, { count: usualCameras })
  const { simulation } = standalone(shop, scenario, seed)
  const { world } = simulation
  const cameras = shop.devices.flatMap((device) =>
    device.kind === 'camera' ? [new StoreCamera(device, world, seed, madeUpLabels)] : [],
  )
  simulation.start()
  for (const second of seconds) {
    simulation.step(simulation.opens + second * 1000)
    const looks: Look[] = []
    for (const camera of cameras) looks.push(await lookThrough(camera, detector))
    const sightings = looks.flatMap((look) => look.sightings)
    const found = new Set(sightings.flatMap(({ person, score }) => (score === null ? [] : [person])))
    const sum = (of: 'invented' | 'boxes') => looks.reduce((total, look) => total + look[of], 0)
    yield { sightings, people: world.people.length, found: found.size, invented: sum('invented'), boxes: sum('boxes') }
  }
}

/** One camera's part of an instant. */
type Look = Pick<Instant, 'sightings' | 'invented' | 'boxes'>

async function lookThrough(camera: StoreCamera, detector: PersonDetector): Promise<Look> {
  const { persons } = await detector.look({ kind: 'jpeg', bytes: await jpegOf(camera.frame()) })
  const people = camera.truth()
  const left = [...persons]
  const sightings = people.map((seen): Sighting => {
    const best = left.sort((a, b) => intersectionOverUnion(b.box, seen.box) - intersectionOverUnion(a.box, seen.box))[0]
    const isFound = best !== undefined && intersectionOverUnion(best.box, seen.box) >= leastOverlap
    if (isFound) left.shift()
    const isAlone = people.every((other) => other === seen || intersectionOverUnion(other.box, seen.box) < 0.05)
    return { ...seen, isAlone, score: isFound ? best.score : null }
  })
  const isInvented = ({ box }: (typeof persons)[number]) =>
    people.every((seen) => intersectionOverUnion(box, seen.box) < touching)
  return { sightings, invented: persons.filter(isInvented).length, boxes: persons.length }
}

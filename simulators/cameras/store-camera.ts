/** One simulated camera: pictures of the shop as it is at a time. Pure: the same shop, seed and time give the same bytes. */
import type { CameraConfig } from '../../models/geometry/camera.ts'
import type { Package, Place } from '../world/packages.ts'
import type { World } from '../world/world.ts'
import { Backdrop } from './backdrop.ts'
import { aroundAll, copyDepth, cover, gather, type Layer, layersOf } from './canvas.ts'
import { type Eye, eyeOf } from './eye.ts'
import { figureOf } from './figure.ts'
import type { Frame } from './frame.ts'
import { bodyOf } from './gait.ts'
import { goodsAt, type Prints } from './goods.ts'
import { heldBy } from './held.ts'
import { type Lighting, lightingOf } from './lighting.ts'
import { developed, type Optics, opticsOf } from './optics.ts'
import { sceneryOf } from './scenery.ts'
import { type Figure, type SeenPerson, seenPeople } from './seen-people.ts'
import { throwShadow } from './shadows.ts'
import { sightOf } from './sight.ts'
import { lookOf } from './wardrobe.ts'

/**
 * Before the shutter closes: it is open for a sixtieth of a second, as cameras indoors are, in which who walks at 1 m/s moves
 * 1.7 cm; the looks through a pixel fall into its two halves in turn.
 */
const exposuresMs = [4, 12]

export class StoreCamera {
  readonly id: string
  private readonly eye: Eye
  private readonly world: World
  private readonly seed: number
  private readonly prints: Prints
  private readonly lighting: Lighting
  private readonly optics: Optics
  private readonly backdrop: Backdrop<Package>
  /** Where the backdrop has each package. */
  private readonly shown = new Map<Package, Place>()
  private readonly layers: readonly Layer[]

  constructor(camera: CameraConfig, world: World, seed: number, prints: Prints) {
    this.id = camera.id
    this.world = world
    this.seed = seed
    this.prints = prints
    this.eye = eyeOf(camera)
    this.lighting = lightingOf(seed)
    this.optics = opticsOf(this.eye, seed)
    this.backdrop = new Backdrop(this.eye, sceneryOf(world.store, world.shelving, seed), this.lighting)
    this.layers = layersOf(this.eye)
  }

  /** What it sees now, the shutter closing at this time. */
  frame(): Frame {
    const { eye, world } = this
    this.stockUp()
    const light = this.backdrop.light.slice()
    const exposures = exposuresMs.map((ms) => this.figuresAt(world.now - ms))
    this.drawPeople(light, exposures)
    const bytes = developed(light, this.optics, world.now)
    return { width: eye.width, height: eye.height, bytes, takenAtMs: world.now }
  }

  /** Who is in view now, and how: what a measurement of seeing is held against. */
  truth(): SeenPerson[] {
    const [layer] = this.layers
    const [behind] = this.backdrop.layers
    if (layer === undefined || behind === undefined) return []
    return seenPeople(this.figuresAt(this.world.now), layer, behind, this.eye)
  }

  private drawPeople(light: Float32Array, exposures: readonly (readonly Figure[])[]): void {
    const { eye, lighting, backdrop, layers } = this
    const rects = this.world.people.map((_, i) => aroundAll(exposures.flatMap((people) => people[i]?.sights ?? [])))
    const sights = exposures.map((people) => people.flatMap((figure) => figure.sights))
    const byLook = layers.map((_, look) => sights[look % sights.length] ?? [])
    this.throwShadows(light)
    for (const [look, layer] of layers.entries()) {
      for (const rect of rects) copyDepth(backdrop.layers[look], layer, eye, rect)
      cover(layer, byLook[look] ?? [], eye, look, aroundAll(byLook[look] ?? []))
    }
    for (const rect of rects) gather(light, { eye, lighting, layers, sights: byLook }, rect)
  }

  private throwShadows(light: Float32Array): void {
    const [layer] = this.backdrop.layers
    const [rays] = this.eye.rays
    if (layer === undefined || rays === undefined) return
    for (const person of this.world.people)
      throwShadow(light, layer, rays, this.eye, bodyOf(person, this.world.now), this.lighting)
  }

  private figuresAt(time: number): Figure[] {
    return this.world.people.map((person) => {
      const body = bodyOf(person, time)
      const solids = [...figureOf(body, lookOf(person, this.seed)), ...heldBy(person, body, this.prints)]
      return { name: person.identity.name, body, sights: solids.map((solid) => sightOf(solid, this.eye)) }
    })
  }

  /** Brings the backdrop up to date with what lies where. */
  private stockUp(): void {
    const { packages, shelving } = this.world
    const here = new Set<Package>()
    for (const shelf of shelving.shelves) {
      for (const item of packages.on(shelf)) {
        here.add(item)
        if (item.place === null || this.shown.get(item) === item.place) continue
        this.shown.set(item, item.place)
        this.backdrop.put(item, goodsAt(item, item.place, this.prints))
      }
    }
    for (const item of this.shown.keys()) {
      if (here.has(item)) continue
      this.shown.delete(item)
      this.backdrop.put(item, [])
    }
    this.backdrop.refresh()
  }
}

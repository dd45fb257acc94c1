/** One simulated camera: pictures of the shop as it is at a time. Pure: the same shop, seed and time give the same bytes. */
import type { CameraConfig } from '../../models/geometry/camera.ts'
import type { Package, Place } from '../world/packages.ts'
import type { World } from '../world/world.ts'
import { Backdrop } from './backdrop.ts'
import { cover, gather, isSeen, type Layer, layersOf, nothing, together } from './canvas.ts'
import { type Eye, eyeOf, type Rect } from './eye.ts'
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
import { type Sight, sightOf } from './sight.ts'
import { lookOf } from './wardrobe.ts'

/** A sixtieth of a second: what cameras indoors take; who walks at 1 m/s moves 1.7 cm meanwhile. */
const exposureMs = 1000 / 60

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
  /** Those of the last picture. */
  private drawn: readonly Figure[] = []

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
    const figures = this.layers.map((_, look) => this.figuresAt(world.now - (exposureMs * look) / this.layers.length))
    this.drawPeople(
      light,
      figures.map((people) => people.flatMap(({ sights }) => sights)),
    )
    this.drawn = figures[0] ?? []
    const bytes = developed(light, this.optics, world.now)
    return { width: eye.width, height: eye.height, bytes, takenAtMs: world.now }
  }

  /** Who is in the picture that was drawn last, and how: what a measurement of seeing is held against. */
  truth(): SeenPerson[] {
    const [layer] = this.layers
    return layer === undefined ? [] : seenPeople(this.drawn, layer, this.eye)
  }

  private drawPeople(light: Float32Array, sights: readonly (readonly Sight[])[]): void {
    const { eye, lighting, backdrop } = this
    const rect = sights.flat().reduce((all, sight) => together(all, sight.rect), nowhere)
    if (isSeen(rect)) this.throwShadows(light)
    for (const [look, layer] of this.layers.entries()) {
      layer.depth.set(backdrop.layers[look]?.depth ?? layer.depth)
      layer.owner.fill(nothing)
      cover(layer, sights[look] ?? [], eye, look, rect)
    }
    gather(light, this.layers, sights, eye, rect, lighting)
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

const nowhere: Rect = { left: 0, top: 0, right: 0, bottom: 0 }

/** A tracker of people: fifteen frames a second of noisy joints, some missing, that arrive seconds later. */
import { type Joint, type JointName, jointNames } from '../../models/contracts/messages.ts'
import { Random } from '../random.ts'
import type { TrackerOptions } from '../scenario/schema.ts'
import { dot, type Vec3 } from '../world/geometry.ts'
import type { Person } from '../world/person.ts'
import type { Process } from '../world/scheduler.ts'
import { skeletonOf } from '../world/skeleton.ts'
import type { World } from '../world/world.ts'
import type { SimulatedDevice } from './device.ts'
import { TrackIds } from './track-ids.ts'

const framesPerSecond = 15
const frameMs = 1000 / framesPerSecond
const lagSpreadMs = 50
/** Error of a joint is carried over from frame to frame by this share: trackers smooth. */
const carryOver = 0.6
/** Any joint is missing now and then. */
const missingShare = 0.01
/** A wrist this far behind a shelf's edge may be hidden, metres. */
const hiddenDepth = 0.03

export class Tracker {
  readonly meta = { model: 'simulated tracker', firmware: '1.0', channels: ['raw/targets'] }
  readonly ids: TrackIds
  private readonly device: SimulatedDevice
  private readonly world: World
  private readonly options: TrackerOptions
  private readonly errors = new Map<Person, { readonly random: Random; readonly byJoint: Map<JointName, Vec3> }>()
  private readonly seed: number

  constructor(device: SimulatedDevice, world: World, options: TrackerOptions, seed: number, run: string) {
    this.device = device
    this.world = world
    this.options = options
    this.seed = seed
    this.ids = new TrackIds(options, new Random(seed, `ids/${device.id}`), run)
  }

  *run(): Process {
    const begin = this.device.now
    let silentUntil = 0
    for (let frame = 0; ; frame++) {
      const now = begin + frame * frameMs
      yield now
      if (this.device.random.chance((this.options.silencesPerHour * frameMs) / 3_600_000)) {
        silentUntil = now + this.device.random.range(500, 3000)
      }
      const targets = this.look(now)
      const lag = this.options.lagSeconds * 1000 + this.device.random.normal(0, lagSpreadMs)
      if (now >= silentUntil && this.world.unseen.size === 0)
        this.device.send('raw/targets', { targets }, now, Math.max(20, lag))
    }
  }

  private look(now: number): { id: string; joints: Partial<Record<JointName, Joint>> }[] {
    for (const person of this.errors.keys()) if (!person.inside) this.errors.delete(person)
    const seen = this.ids.frame(this.world.people, now, frameMs)
    return [...seen].map(([person, id]) => ({ id, joints: this.joints(person, now) }))
  }

  private joints(person: Person, now: number): Partial<Record<JointName, Joint>> {
    const skeleton = skeletonOf(person, now)
    const { random, byJoint } = this.errorsOf(person)
    const joints: Partial<Record<JointName, Joint>> = {}
    for (const name of jointNames) {
      const wrist = name.endsWith('Wrist')
      const sd = wrist ? this.options.wristNoiseMetres : this.options.noiseMetres
      const error = this.drift(byJoint.get(name), random, sd)
      byJoint.set(name, error)
      const hidden = wrist && this.isInShelf(skeleton[name])
      const missing = random.chance(hidden ? this.options.hiddenWristShare : missingShare)
      if (!missing) joints[name] = jointAt(skeleton[name], error, random, hidden)
    }
    return joints
  }

  private errorsOf(person: Person) {
    const known = this.errors.get(person)
    if (known !== undefined) return known
    const made = { random: new Random(this.seed, `sight/${person.identity.name}`), byJoint: new Map<JointName, Vec3>() }
    this.errors.set(person, made)
    return made
  }

  private drift(last: Vec3 | undefined, random: Random, sd: number): Vec3 {
    if (last === undefined) return [random.normal(0, sd), random.normal(0, sd), random.normal(0, sd)]
    const fresh = sd * Math.sqrt(1 - carryOver * carryOver)
    return [
      last[0] * carryOver + random.normal(0, fresh),
      last[1] * carryOver + random.normal(0, fresh),
      last[2] * carryOver + random.normal(0, fresh),
    ]
  }

  private isInShelf([x, y, z]: Vec3): boolean {
    return this.world.shelving.shelves.some((shelf) => {
      const behind = shelf.edge - dot([x, y], shelf.front)
      const u = dot([x, y], shelf.along)
      return behind > hiddenDepth && behind < shelf.depth && u > shelf.from && u < shelf.to && z > 0.1
    })
  }
}

function jointAt(at: Vec3, error: Vec3, random: Random, hidden: boolean): Joint {
  const score = hidden ? random.range(0.4, 0.85) : random.range(0.86, 0.999)
  const round = (value: number, digits: number): number => Math.round(value * digits) / digits
  return [round(at[0] + error[0], 1e4), round(at[1] + error[1], 1e4), round(at[2] + error[2], 1e4), round(score, 1e3)]
}

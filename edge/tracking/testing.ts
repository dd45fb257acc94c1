/** A drawn room of calibrated cameras and people who walk about in it, and how well tracks follow them. For tests. */
import type { CameraConfig } from '../../models/geometry/camera.ts'
import { assign } from './assignment.ts'
import { boxOf } from './body.ts'
import type { Box, Detection, FrameSeen } from './detection.ts'
import { eyeOf } from './eyes.ts'
import type { Pair } from './matrix.ts'
import type { Eye } from './place.ts'
import { newTracking, type Scene } from './state.ts'
import { advance, type Moment, offer } from './tracking.ts'

export const t0 = 1_800_000_000_000

/** A camera of 640 x 480 pixels with a view of 65 degrees, 2.8 m up. */
export function cameraAt(id: string, [x, y]: Pair, [toX, toY]: Pair): CameraConfig {
  return {
    id,
    kind: 'camera',
    image: [640, 480],
    intrinsics: { fx: 500, fy: 500, cx: 320, cy: 240 },
    position: [x, y, 2.8],
    lookAt: [toX, toY, 0.8],
    up: [0, 0, 1],
  }
}

/** Two that look at a floor of 6 x 6 m from opposite corners, and one that looks along a wall. */
export const corners = [
  cameraAt('a', [0, 0], [3, 3]),
  cameraAt('b', [6, 6], [3, 3]),
  cameraAt('c', [6, 0], [3, 3]),
] as const

export interface Walker {
  readonly name: string
  readonly heightMetres: number
  /** Where they are at so many seconds, by which they walk in straight lines; before and after they are not there. */
  readonly way: readonly (readonly [seconds: number, x: number, y: number])[]
  readonly clothes?: readonly number[]
}

export interface Conditions {
  /** Frames a second of each camera, one after the other. */
  readonly fps: number
  readonly seconds: number
  /** One standard deviation of each edge as a share of the box's height. */
  readonly edgeNoise: number
  readonly missShare: number
  /** False boxes a frame. */
  readonly falseShare: number
  readonly random: () => number
}

/** Numbers from 0 to 1 from a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** People who walk from place to place on the 6 x 6 m floor, and stand for 1 to 5 s at most of them. */
export function crowd(people: number, seconds: number, random: () => number): Walker[] {
  return Array.from({ length: people }, (_, index) => {
    const [place, way] = [() => 0.5 + 5 * random(), [] as [number, number, number][]]
    let [time, x, y] = [5 * random(), place(), place()]
    way.push([time, x, y])
    while (time < seconds) {
      const [nextX, nextY] = [place(), place()]
      time += Math.hypot(nextX - x, nextY - y) / (0.8 + 0.5 * random())
      ;[x, y] = [nextX, nextY]
      way.push([time, x, y])
      if (random() < 0.6) time += 1 + 4 * random()
      way.push([time + 0.001, x, y])
    }
    const colours = Array.from({ length: 16 }, () => random() ** 4)
    return { name: `p${index}`, heightMetres: 1.72 + 0.08 * normal(random), way, clothes: worn(colours, () => 0.5) }
  })
}

export function placeAt({ way }: Walker, seconds: number): Pair | null {
  for (const [index, [from, ax, ay]] of way.entries()) {
    const [to, bx, by] = way[index + 1] ?? [Number.NaN, 0, 0]
    if (!(seconds >= from && seconds <= to)) continue
    const share = (seconds - from) / (to - from)
    return [ax + share * (bx - ax), ay + share * (by - ay)]
  }
  return null
}

export function sceneOf(cameras: readonly CameraConfig[], floor: Scene['floor'] = null): Scene {
  return { eyes: new Map(cameras.map((each) => [each.id, eyeOf(each)])), floor, doors: [], sureScore: 0.4, prefix: 't' }
}

/** What the cameras see, in order of time. */
export function frames(scene: Scene, walkers: readonly Walker[], conditions: Conditions): FrameSeen[] {
  const eyes = [...scene.eyes.values()]
  const between = 1 / conditions.fps / eyes.length
  return Array.from({ length: Math.floor(conditions.seconds / between) }, (_, index) => {
    const seconds = index * between
    const eye = eyes[index % eyes.length] as Eye
    return {
      camera: eye.id,
      tsMs: t0 + Math.round(1000 * seconds),
      detections: seen(eye, walkers, seconds, conditions),
    }
  })
}

function seen(eye: Eye, walkers: readonly Walker[], seconds: number, conditions: Conditions): Detection[] {
  const { random, missShare, falseShare } = conditions
  const bodies = walkers
    .flatMap((walker) => {
      const at = placeAt(walker, seconds)
      const box = at === null ? null : boxOf(eye.view, [at[0], at[1], walker.heightMetres])
      if (at === null || box === null) return []
      return [{ walker, box, far: Math.hypot(at[0] - eye.position[0], at[1] - eye.position[1]) }]
    })
    .sort((a, b) => a.far - b.far)
  const shown = bodies.filter(
    ({ box }, index) =>
      visible(eye, box) >= 0.35 && !bodies.slice(0, index).some((nearer) => covered(box, nearer.box) > 0.65),
  )
  const found = shown
    .filter(() => random() >= missShare)
    .map(({ walker, box }) => ({
      box: cut(eye, noisy(box, conditions)),
      score: 0.45 + 0.2 * random(),
      clothes: walker.clothes === undefined ? null : worn(walker.clothes, random),
      pose: null,
    }))
  if (random() >= falseShare) return found
  const [u, v] = [random() * 500, random() * 300]
  return [...found, { box: [u, v, 60, 140], score: 0.4 + 0.1 * random(), clothes: null, pose: null }]
}

/** Colours as one crop shows them: each share off by up to half. */
function worn(clothes: readonly number[], random: () => number): number[] {
  const shares = clothes.map((share) => share * (0.5 + random()))
  const all = shares.reduce((sum, share) => sum + share, 0)
  return shares.map((share) => share / all)
}

function noisy([x, y, width, height]: Box, { edgeNoise, random }: Conditions): Box {
  const off = () => edgeNoise * height * normal(random)
  const [left, top, right, bottom] = [x + off(), y + off(), x + width + off(), y + height + off()]
  return [left, top, Math.max(right - left, 2), Math.max(bottom - top, 2)]
}

export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

function cut({ image }: Pick<Eye, 'image'>, [x, y, width, height]: Box): Box {
  const within = (place: number, size: number) => Math.min(Math.max(place, 0), size)
  const [left, top] = [within(x, image[0]), within(y, image[1])]
  return [left, top, within(x + width, image[0]) - left, within(y + height, image[1]) - top]
}

function visible(eye: Eye, box: Box): number {
  const [, , width, height] = cut(eye, box)
  return (width * height) / (box[2] * box[3])
}

function covered(box: Box, by: Box): number {
  const width = Math.min(box[0] + box[2], by[0] + by[2]) - Math.max(box[0], by[0])
  const height = Math.min(box[1] + box[3], by[1] + by[3]) - Math.max(box[1], by[1])
  return (Math.max(width, 0) * Math.max(height, 0)) / (box[2] * box[3])
}

export function track(scene: Scene, all: readonly FrameSeen[]): Moment[] {
  const state = newTracking()
  const moments = all.flatMap((frame) => {
    offer(state, scene, frame)
    return advance(state, scene, frame.tsMs)
  })
  return [...moments, ...advance(state, scene, Number.POSITIVE_INFINITY)]
}

export interface Followed {
  /** 2 IDTP / (true + shown), Ristani et al. 2016; a track is somebody's where it is within 0.8 m. */
  readonly idf1: number
  /** Ids that were shown. */
  readonly ids: number
  /** Mean distance of those who were followed rightly, metres. */
  readonly meanErrorMetres: number
}

const nearMetres = 0.8

export function followed(moments: readonly Moment[], walkers: readonly Walker[]): Followed {
  const ids = [...new Set(moments.flatMap(({ targets }) => targets.map(({ id }) => id)))]
  const together = walkers.map(() => ids.map(() => ({ moments: 0, metres: 0 })))
  let [truths, shown] = [0, 0]
  for (const { tsMs, targets } of moments) {
    shown += targets.length
    for (const [row, walker] of walkers.entries()) {
      const at = placeAt(walker, (tsMs - t0) / 1000)
      if (at === null) continue
      truths += 1
      for (const { id, joints } of targets) {
        const metres = Math.hypot((joints.neck?.[0] ?? 0) - at[0], (joints.neck?.[1] ?? 0) - at[1])
        const pair = together[row]?.[ids.indexOf(id)]
        if (pair === undefined || metres > nearMetres) continue
        pair.moments += 1
        pair.metres += metres
      }
    }
  }
  const pairs = assign(together.map((row) => row.map((pair) => (pair.moments === 0 ? null : -pair.moments))))
  const right = pairs.map(([row, column]) => together[row]?.[column] ?? { moments: 0, metres: 0 })
  const hits = right.reduce((sum, { moments }) => sum + moments, 0)
  const metres = right.reduce((sum, pair) => sum + pair.metres, 0)
  return { idf1: (2 * hits) / (truths + shown), ids: ids.length, meanErrorMetres: metres / Math.max(hits, 1) }
}

/** The thread in which networks run, so that the loop that serves sensors never waits for them. */
import { NetworkError } from '../../models/networks/network-error.ts'
import type { Box } from './framing.ts'
import { type Look, openPersonDetector, type PersonDetector } from './person-detector.ts'
import { type Picture, PictureError } from './picture.ts'
import { openPoseEstimator, type Pose, type PoseEstimator } from './pose.ts'
import type { Crop } from './product-picture.ts'
import { featuresOf, openProductClassifier, type ProductClassifier } from './products.ts'

/** Why nothing could be seen, in words for a person. */
type Refused =
  /** Damaged, cut off or too large: the next one may be good. */
  | { readonly kind: 'bad-picture'; readonly why: string }
  /** Missing or altered: no picture can be looked at until the installation is mended. */
  | { readonly kind: 'no-network'; readonly why: string }

/** What came of looking for people in a picture. */
export type Seen = ({ readonly kind: 'seen' } & Look) | Refused
/** What came of looking at how people in a picture stand, in the order of the boxes. */
export type Posed = { readonly kind: 'posed'; readonly poses: readonly Pose[] } | Refused

interface LookTask {
  readonly wanted: 'people'
  readonly picture: Picture
  /** Null: what a store takes for a person at sight. */
  readonly leastScore: number | null
}
/** What came of looking at what is in parts of a picture, in their order: the product network's features. */
export type Featured = { readonly kind: 'featured'; readonly features: readonly Float32Array[] } | Refused

interface ProductTask {
  readonly wanted: 'products'
  readonly picture: Picture
  readonly parts: readonly Crop[]
}
interface PoseTask {
  readonly wanted: 'poses'
  readonly picture: Picture
  readonly boxes: readonly Box[]
}
export type Task = LookTask | PoseTask | ProductTask

let detector: Promise<PersonDetector> | null = null
let estimator: Promise<PoseEstimator> | null = null
let classifier: Promise<ProductClassifier> | null = null

/** Opens a network at the first picture that is for it and keeps it, or what was wrong with it. */
export default function look(task: Task): Promise<Seen | Posed | Featured> {
  if (task.wanted === 'people') return people(task)
  return task.wanted === 'poses' ? poses(task) : products(task)
}

function people({ picture, leastScore }: LookTask): Promise<Seen> {
  return orRefused(async () => {
    detector ??= openPersonDetector(() => performance.now())
    return { kind: 'seen', ...(await (await detector).look(picture, leastScore ?? undefined)) }
  })
}

function poses({ picture, boxes }: PoseTask): Promise<Posed> {
  return orRefused(async () => {
    estimator ??= openPoseEstimator()
    const found: Pose[] = []
    for (const box of boxes) found.push(await (await estimator).look(picture, box))
    return { kind: 'posed', poses: found }
  })
}

function products({ picture, parts }: ProductTask): Promise<Featured> {
  return orRefused(async () => {
    classifier ??= openProductClassifier()
    const features: Float32Array[] = []
    for (const part of parts) features.push(await featuresOf(await classifier, picture, part))
    return { kind: 'featured', features }
  })
}

async function orRefused<Result>(work: () => Promise<Result>): Promise<Result | Refused> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof PictureError) return { kind: 'bad-picture', why: error.message }
    if (error instanceof NetworkError) return { kind: 'no-network', why: error.message }
    throw error
  }
}

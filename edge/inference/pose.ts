/** The joints of one person in a picture. */
import { threshold } from '../../models/networks/manifest.ts'
import type { Box } from './framing.ts'
import { openNetwork } from './network.ts'
import { croppedPixels, emptyPixels, type Picture, sizeOf } from './picture.ts'

/** One of MediaPipe's 33 landmarks (`edge/tracking/detection.ts` has the same shape). */
export interface Landmark {
  /** Pixels of the picture. */
  readonly pixel: readonly [x: number, y: number]
  /** Probability of being seen, neither hidden nor outside of the picture. */
  readonly visibility: number
}

export interface Pose {
  /** Probability that the crop shows a person. */
  readonly presence: number
  /** By number; none where the presence is below the network's threshold. */
  readonly landmarks: readonly Landmark[]
}

export interface PoseEstimator {
  /** `box` as the detector gives it. Throws a PictureError for a picture that cannot be read. */
  look(picture: Picture, box: Box): Promise<Pose>
}

const landmarkCount = 33
/** Numbers of a landmark: x, y, z, log odds of being visible, log odds of being in the picture. */
const stride = 5
/** The network was trained on squares a quarter larger than the person (MediaPipe, pose_detection_to_roi: scale 1.25). */
const regionScale = 1.25

/** Throws a NetworkError where the network cannot be used. */
export async function openPoseEstimator(): Promise<PoseEstimator> {
  const network = await openNetwork('pose-landmarks-full')
  const { input } = network.manifest
  const own = emptyPixels(input)
  const leastPresence = threshold(network.manifest, 'presence')
  return {
    async look(picture, box) {
      const region = regionAround(box)
      const pixels = await croppedPixels(picture, await sizeOf(picture), region, input, own)
      const { joints = noNumbers, presence = noNumbers } = await network.run(pixels)
      const [present = 0] = presence
      const landmarks = present >= leastPresence ? landmarksIn(joints, region, input.width) : []
      return { presence: present, landmarks }
    },
  }
}

const noNumbers = new Float32Array()

/**
 * The square around a person, within the picture or beyond. MediaPipe also turns it so that hips to shoulders is up, which
 * its own detector tells and ours does not: a camera that sees people upside down gets poor joints.
 */
export function regionAround([x, y, width, height]: Box): Box {
  const side = regionScale * Math.max(width, height, 1)
  return [x + width / 2 - side / 2, y + height / 2 - side / 2, side, side]
}

/** Of the network's numbers, in pixels of its input, in the picture. */
export function landmarksIn(joints: Float32Array, [left, top, side]: Box, inputSide: number): Landmark[] {
  return Array.from({ length: landmarkCount }, (_, index) => {
    const [x = 0, y = 0, , visible = 0, inside = 0] = joints.subarray(stride * index, stride * (index + 1))
    return {
      pixel: [left + (x / inputSide) * side, top + (y / inputSide) * side],
      visibility: Math.min(logistic(visible), logistic(inside)),
    }
  })
}

function logistic(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds))
}

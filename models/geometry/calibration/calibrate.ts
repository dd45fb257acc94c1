/** From clicked points to a camera's intrinsics and pose, with its error in centimetres on the floor. Pure. */
import { type CameraConfig, cameraView } from '../camera.ts'
import { leastSquares } from './least-squares.ts'
import { type FloorPoint, faultOfPoints, leastPoints } from './points.ts'
import { cameraOf, type Pose, poseFor, turned } from './pose.ts'

/** The fields of a camera in the store file that a calibration finds. */
export type CalibratedFields = Pick<CameraConfig, 'image' | 'intrinsics' | 'distortion' | 'position' | 'lookAt' | 'up'>

export interface FloorErrors {
  /** For each point how far from its place its pixel is seen, centimetres at the point's height; null: above the horizon. */
  readonly eachCm: readonly (number | null)[]
  readonly rmsCm: number
  /** Index of the point that is off most. */
  readonly worst: number
}

export type CalibrationResult =
  | {
      readonly ok: true
      readonly fields: CalibratedFields
      readonly errors: FloorErrors
      /** Each point seen by the camera that the others alone give: what is to be expected elsewhere. Null with too few. */
      readonly leftOut: FloorErrors | null
    }
  | { readonly ok: false; readonly why: string }

export interface CalibrationInput {
  readonly image: CameraConfig['image']
  readonly points: readonly FloorPoint[]
  /** How high the camera hangs, where somebody measured it, metres. */
  readonly heightMetres?: number
}

/**
 * From as many points on it is tried whether the lens bends (k1). Where its axis meets the picture is not looked for: even
 * from twenty points on a floor it could not be told from the focal length.
 */
const pointsForBend = 8
/** A bend is taken when points left out are seen better by this share; less is chance. */
const worthwhile = 0.85

/** Shares of the picture's width: from a fisheye's 30 to a tele's 150 degrees. */
const focalStarts = [0.4, 0.65, 1, 1.6, 2.6]
/** What no camera in a shop is beyond: 150 and 10 degrees. */
const [widest, narrowest] = [0.13, 6]
/** A tape measure against a click, which is off by about a pixel: what counts as much as one, metres. */
const tapeSd = 0.02
/** A focal length that a pixel's error moves further than this share is a guess. */
const surestFocal = 0.1

/** Refuses what determines no camera, in words for the person who clicked. Never throws. */
export function calibrate(input: CalibrationInput): CalibrationResult {
  const why = faultOfPoints(input.points, input.image)
  if (why !== null) return { ok: false, why }
  const starts = startsOf(input)
  if (typeof starts === 'string') return { ok: false, why: starts }
  const bends = input.points.length < pointsForBend ? [false] : [false, true]
  const tried = bends.map((bend) => bestOf(input, starts, bend))
  const found = tried.flatMap((one) => (one !== null && one.focalSd <= surestFocal ? [one] : []))
  const [plain, bent] = found.map((adjusted) => ({ adjusted, leftOut: errorsLeftOut(input, adjusted) }))
  if (plain === undefined) return { ok: false, why: tried[0] == null ? noCamera : noHeight }
  const { adjusted, leftOut } = bent !== undefined && isBetter(bent.leftOut, plain.leftOut) ? bent : plain
  const camera = rounded(cameraOf(adjusted, input.image))
  return { ok: true, fields: fieldsOf(camera), errors: floorErrors(input.points, () => camera), leftOut }
}

const noView = 'the points determine no view: three of them lie in a row, or they are too close together'
const mirrored =
  'the points are mirrored: going round them in the picture goes the other way than on the plan; are x and y exchanged, or two points?'
const noCamera = 'no camera above the floor sees these points like that; is one of them in the wrong place?'
const noHeight =
  'the points do not tell how high the camera hangs from how far it zooms, as when it looks straight down; give its height, or points at other heights'

function isBetter(one: FloorErrors | null, than: FloorErrors | null): boolean {
  return one !== null && than !== null && one.rmsCm < worthwhile * than.rmsCm
}

/** The camera as it was found. A view that belongs to an older calibration goes; `view` is the new one. */
export function calibratedCamera(camera: CameraConfig, fields: CalibratedFields, view: string | null): CameraConfig {
  const { distortion: _bent, view: _seen, ...kept } = camera
  return { ...kept, ...fields, ...(view === null ? {} : { view }) }
}

interface Adjusted extends Pose {
  /** Whether k1 was looked for. */
  readonly bend: boolean
  /** Square pixels. */
  readonly sumOfSquares: number
  /** How far a click that is off by a pixel moves the focal length, as a share of it; infinite: it is not determined. */
  readonly focalSd: number
}

/** Poses to begin with, or why there is none. */
function startsOf({ image, points }: CalibrationInput): readonly Pose[] | string {
  const poses = focalStarts.flatMap((share) => poseFor(share * image[0], points, image) ?? [])
  const floor = Math.min(...points.map(({ place }) => place[2]))
  const above = poses.filter(({ position }) => position[2] > floor)
  if (above.length > 0) return above
  return poses.length === 0 ? noView : mirrored
}

/** From the start that leads furthest; null where none leads to a camera. */
function bestOf(input: CalibrationInput, starts: readonly Pose[], bend: boolean): Adjusted | null {
  const found = starts.flatMap((pose) => adjust(input, pose, bend) ?? [])
  return found.reduce<Adjusted | null>(
    (best, one) => (best !== null && best.sumOfSquares <= one.sumOfSquares ? best : one),
    null,
  )
}

/** Moves everything until the points are seen where they were clicked; null where that leads nowhere. */
function adjust({ image, points, heightMetres }: CalibrationInput, start: Pose, bend: boolean): Adjusted | null {
  /** The logarithm of the focal length by the width, position, turn, bend. */
  const poseFrom = ([logFocal = 0, x = 0, y = 0, z = 0, a = 0, b = 0, c = 0, k1 = 0]: readonly number[]): Pose => ({
    focal: Math.exp(logFocal) * image[0],
    position: [x, y, z],
    axes: turned(start.axes, [a, b, c]),
    k1,
  })
  const solution = leastSquares(
    (numbers) => {
      const pose = poseFrom(numbers)
      const tape = heightMetres === undefined ? [] : [(pose.position[2] - heightMetres) / tapeSd]
      return [...clickErrors(cameraOf(pose, image), points), ...tape]
    },
    [Math.log(start.focal / image[0]), ...start.position, 0, 0, 0, ...(bend ? [start.k1] : [])],
  )
  if (solution === null) return null
  const { parameters, sumOfSquares, covariance } = solution
  const pose = poseFrom(parameters)
  const zoom = pose.focal / image[0]
  if (!(pose.position[2] > 0 && zoom > widest && zoom < narrowest)) return null
  return { ...pose, bend, sumOfSquares, focalSd: Math.sqrt(covariance?.[0]?.[0] ?? Number.POSITIVE_INFINITY) }
}

/** Pixels; a point that the camera cannot see is as far off as the picture is wide. */
function clickErrors(camera: CameraConfig, points: readonly FloorPoint[]): number[] {
  const view = cameraView(camera)
  return points.flatMap(({ pixel, place }) => {
    const seen = view.project(place)
    return seen === null ? [camera.image[0], camera.image[0]] : [seen.pixel[0] - pixel[0], seen.pixel[1] - pixel[1]]
  })
}

function errorsLeftOut(input: CalibrationInput, whole: Adjusted): FloorErrors | null {
  if (input.points.length <= leastPoints) return null
  return floorErrors(input.points, (_, left) => {
    const points = input.points.filter((_, i) => i !== left)
    return cameraOf(adjust({ ...input, points }, whole, whole.bend) ?? whole, input.image)
  })
}

function floorErrors(
  points: readonly FloorPoint[],
  cameraAt: (point: FloorPoint, index: number) => CameraConfig,
): FloorErrors {
  const eachCm = points.map((point, i) => {
    const [x, y, z] = point.place
    const seen = cameraView(cameraAt(point, i)).atHeight(point.pixel, z)
    return seen === null ? null : 100 * Math.hypot(seen[0] - x, seen[1] - y)
  })
  const known = eachCm.map((cm) => cm ?? Number.POSITIVE_INFINITY)
  const rmsCm = Math.sqrt(known.reduce((sum, cm) => sum + cm * cm, 0) / known.length)
  return { eachCm, rmsCm, worst: known.indexOf(Math.max(...known)) }
}

function fieldsOf({ image, intrinsics, distortion, position, lookAt, up }: CameraConfig): CalibratedFields {
  return { image, intrinsics, ...(distortion === undefined ? {} : { distortion }), position, lookAt, up }
}

/** A tenth of a millimetre, a hundredth of a pixel: as much as a person can read, and far below what can be known. */
function rounded({
  image,
  intrinsics: { fx, fy, cx, cy },
  distortion,
  position,
  lookAt,
  up,
}: CameraConfig): CameraConfig {
  const to = (digits: number) => (value: number) => Number(value.toFixed(digits))
  const [pixel, metre, share] = [to(2), to(4), to(6)]
  const each = ([x, y, z]: CameraConfig['position'], round: (value: number) => number): CameraConfig['position'] => [
    round(x),
    round(y),
    round(z),
  ]
  return {
    id: 'camera',
    kind: 'camera',
    image,
    intrinsics: { fx: pixel(fx), fy: pixel(fy), cx: pixel(cx), cy: pixel(cy) },
    ...(distortion === undefined ? {} : { distortion: { ...distortion, k1: share(distortion.k1) } }),
    position: each(position, metre),
    lookAt: each(lookAt, metre),
    up: each(up, share),
  }
}

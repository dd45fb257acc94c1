/** The joints of somebody as `raw/targets` wants them, in the store's metres. Pure. */
import type { Joint, JointName } from '../../models/contracts/messages.ts'
import { shareOf } from './body.ts'
import { type Limbs, limbAt, limbs, placeOf } from './limbs.ts'
import type { Pair, Symmetric2, Triple } from './matrix.ts'
import type { Height } from './place.ts'

/** What is known of the body that the joints are of. */
export interface BodyState {
  readonly at: Pair
  readonly covariance: Symmetric2
  readonly height: Height
  readonly limbs: Limbs
}

/** A limb that was not seen for so long is missing, as trackers say it. */
const freshMs = 500
/**
 * Of the top of a box, up and down: of 4,500 heads of people who walked, rendered, one standard deviation; a mean of 20 looks is
 * still off by 0.033 (and all heads are 0.06 too high).
 */
const topErrorMetres = 0.076
/** "Right" for a score: within a hand's length, so that the hand is at this facing; for the trunk within half a step. */
const rightMetres = 0.15
const rightTrunkMetres = 0.3

/**
 * Head and neck over the body's place, and the limbs that were seen. Scores: probability of being right, see above; errors,
 * since all is less sure than with most trackers.
 * `topMetres`: of the head over the floor, null where it was not seen now.
 */
export function jointsOf(body: BodyState, tsMs: number, topMetres: number | null) {
  const { at, covariance, height } = body
  const bodySd = Math.sqrt(covariance[0] + covariance[2])
  const score = within(bodySd, rightTrunkMetres)
  const joints: Partial<Record<JointName, Joint>> = {
    neck: jointAt([at[0], at[1], shareOf.neck * height.mean], score),
  }
  const errors: Partial<Record<JointName, number>> = { neck: rounded(bodySd) }
  if (topMetres !== null) {
    joints.head = jointAt([at[0], at[1], topMetres - (1 - shareOf.head) * height.mean], score)
    errors.head = rounded(Math.hypot(bodySd, topErrorMetres))
  }
  for (const limb of limbs) {
    const seen = body.limbs[limb]
    if (seen === undefined || tsMs - seen.tsMs > freshMs) continue
    const now = limbAt(seen, limb, tsMs, height.mean)
    const sd = Math.sqrt(now.covariance[0] + now.covariance[3] + now.covariance[5])
    joints[limb] = jointAt(placeOf(now.beside, at), now.visibility * within(sd, rightMetres))
    errors[limb] = rounded(sd)
  }
  return { joints, errors }
}

/** Probability that an error with this standard deviation is smaller than so many metres. */
function within(sd: number, metres: number): number {
  // Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.27: off by 0.0005 at most.
  const x = metres / (Math.SQRT2 * Math.max(sd, 1e-3))
  return 1 - 1 / (1 + x * (0.278393 + x * (0.230389 + x * (0.000972 + x * 0.078108)))) ** 4
}

/** Millimetres, and thousandths. */
function jointAt([x, y, z]: Triple, score: number): Joint {
  return [rounded(x), rounded(y), rounded(z), rounded(Math.min(Math.max(score, 0), 1))]
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}

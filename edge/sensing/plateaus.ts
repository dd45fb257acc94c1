/**
 * What an unsettled plate went through on its way from one level to the next: a plateau may be a thing that was taken or
 * set down before another one, or just a hand.
 */

export interface Stretch {
  from: number
  to: number
  bins: number
  mean: number
}

/** The largest step between two bins, and when; after a gap it was somewhere within it. */
export interface Steepest {
  readonly step: number
  readonly at: number
  readonly slackMs: number
}

/** Steepest steps down and up since the plateau before. */
export interface Steps {
  readonly fall: Steepest
  readonly rise: Steepest
}

export interface Plateau extends Steps {
  readonly run: Stretch
}

/** A way from one level to the next. */
export interface Leg {
  readonly from: Stretch
  readonly to: Stretch
  readonly steepest: Steepest
}

/** Hands press down, they do not lift: a lower level that holds for three bins is a thing that was taken. */
export const fallenMs = 200
/** A higher level may be a hand that rests, so that it takes longer to believe in. */
const risenMs = 800
/** Who pokes at a plate for longer is no longer told step by step. */
const mostPlateaus = 8

export function noSteps(at: number, slackMs: number): Steps {
  return { fall: { step: 0, at, slackMs }, rise: { step: 0, at, slackMs } }
}

export function addPlateau(plateaus: readonly Plateau[], plateau: Plateau): Plateau[] {
  return [...plateaus, plateau].slice(-mostPlateaus)
}

/** The changes between `first` and `last`; plateaus nearer than `leastGrams` to their neighbours are no levels. */
export function legs(
  first: Stretch,
  plateaus: readonly Plateau[],
  last: Stretch,
  tail: Steps,
  leastGrams: number,
): Leg[] {
  const found: Leg[] = []
  let from = first
  let lowest = first.mean
  let steps: Steps | null = null
  let arrived: Steps | null = null
  for (const plateau of plateaus) {
    const { run } = plateau
    steps = joined(steps, plateau)
    const fallen = run.mean < lowest - leastGrams
    const risen = run.mean > from.mean + leastGrams && run.to - run.from >= risenMs
    lowest = Math.min(lowest, run.mean)
    if (!fallen && !risen) continue
    if (Math.abs(run.mean - last.mean) <= leastGrams) {
      // It was as light, or as heavy, as it stayed: what came after was a hand.
      arrived ??= steps
      continue
    }
    found.push(leg(from, run, steps))
    from = run
    lowest = run.mean
    steps = null
    arrived = null
  }
  return [...found, leg(from, last, arrived ?? joined(steps, tail))]
}

function leg(from: Stretch, to: Stretch, { fall, rise }: Steps): Leg {
  return { from, to, steepest: to.mean < from.mean ? fall : rise }
}

function joined(a: Steps | null, b: Steps): Steps {
  if (a === null) return b
  return { fall: b.fall.step < a.fall.step ? b.fall : a.fall, rise: b.rise.step > a.rise.step ? b.rise : a.rise }
}

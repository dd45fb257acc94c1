/** How hard a scene is: what a level puts over the scenario, the same for every scene. Defined here and nowhere else. */
import type { Random } from '../random.ts'
import type { Range } from '../scenario/act-schema.ts'
import type { Scenario } from '../scenario/schema.ts'

export const levels = ['easy', 'middle', 'hard', 'hardest'] as const
export type Level = (typeof levels)[number]

interface Overlay {
  readonly shop: Pick<Scenario['shop'], 'facingScales' | 'shelfScales'>
  readonly scales: Partial<Scenario['scales']>
  readonly tracker: Partial<Scenario['tracker']>
  readonly network: Partial<Scenario['network']>
  /** Fewest and most people in the shop at once, those of the scene among them. */
  readonly people: readonly [number, number]
}

/**
 * Middle: what was measured in real shops, which the defaults of the scenario schema are, with the noisy state that one of
 * five gondolas was found in; a fifth of the shelves with wider scales is reasoned (both are sold).
 * Hardest: of the plates the worst measured (all as noisy as that gondola, the noisy ones at its p90; every one clamped to
 * its worst, 13.6 g). Of tracker and network nobody has measured the worst: reasoned as what still shows a person who
 * looks at the recording what happened, in most cases. Hard: between the two, as a geometric mean or so.
 * Easy: sensors that are only rounded off, and nobody else in the shop.
 */
const overlays: Readonly<Record<Level, Overlay>> = {
  easy: {
    shop: { facingScales: 0, shelfScales: 0 },
    scales: { noiseGrams: 0.5, noisyFixtures: [], spikesPerCellHour: 0, nullsPerCellHour: 0 },
    tracker: {
      noiseMetres: 0.012,
      wristNoiseMetres: 0.02,
      lossesPerMinute: 0,
      switchesPerMinute: 0,
      silencesPerHour: 0,
      hiddenWristShare: 0,
    },
    network: { lossShare: 0, duplicateShare: 0, lateShare: 0, clockErrorMs: 5 },
    people: [0, 0],
  },
  middle: {
    shop: { facingScales: 0.2, shelfScales: 0 },
    scales: { noisyFixtures: ['g1'] },
    tracker: {},
    network: {},
    people: [3, 5],
  },
  hard: {
    shop: { facingScales: 0.3, shelfScales: 0.1 },
    scales: {
      noiseGrams: 1.6,
      noisyFixtures: ['g1', 'g2'],
      noisyGrams: 4,
      calibrationShare: 0.006,
      spikesPerCellHour: 1,
    },
    tracker: {
      noiseMetres: 0.04,
      wristNoiseMetres: 0.06,
      lossesPerMinute: 1.5,
      newIdShare: 0.5,
      switchesPerMinute: 0.5,
      silencesPerHour: 20,
      hiddenWristShare: 0.5,
    },
    network: { lossShare: 0.005, duplicateShare: 0.01, lateShare: 0.01, clockErrorMs: 80 },
    people: [8, 12],
  },
  hardest: {
    shop: { facingScales: 0.3, shelfScales: 0.4 },
    scales: {
      noiseGrams: 2.8,
      noisyFixtures: ['g1', 'g2'],
      noisyGrams: 6.5,
      calibrationShare: 0.01,
      crosstalkShare: 0.015,
      driftGramsPerMinute: 1,
      spikesPerCellHour: 6,
      nullsPerCellHour: 30,
    },
    tracker: {
      noiseMetres: 0.06,
      wristNoiseMetres: 0.1,
      lossesPerMinute: 4,
      newIdShare: 0.7,
      switchesPerMinute: 1.5,
      silencesPerHour: 60,
      hiddenWristShare: 0.8,
    },
    network: { lossShare: 0.02, duplicateShare: 0.03, lateShare: 0.03, lateSeconds: 5, clockErrorMs: 250 },
    people: [12, 30],
  },
}

/** Nobody comes to the door faster than this for long, seconds between two. */
const secondsBetween = 2

/** The scenario at a level: who comes besides its people, and what the sensors are like, is the level's to say. */
export function atLevel(scenario: Scenario, level: Level, random: Random): Scenario {
  const { shop, scales, tracker, network, people } = overlays[level]
  const crowd = Math.max(0, random.int(...people) - scenario.people.length)
  // The scene begins when half of the others are in the shop.
  const laterSeconds = (crowd / 2) * secondsBetween
  return {
    ...scenario,
    shop: { ...scenario.shop, ...shop },
    scales: { ...scenario.scales, ...scales },
    tracker: { ...scenario.tracker, ...tracker },
    network: { ...scenario.network, ...network },
    shoppers: { ...scenario.shoppers, count: crowd, secondsBetween, itemsFrom: 1, itemsTo: 3 },
    staff: { ...scenario.staff, restockEverySeconds: 0 },
    people: scenario.people.map((person) => ({ ...person, arrives: later(person.arrives, laterSeconds) })),
  }
}

function later(arrives: Range, seconds: number): Range {
  return typeof arrives === 'number' ? arrives + seconds : [arrives[0] + seconds, arrives[1] + seconds]
}

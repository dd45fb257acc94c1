/** What is evaluated: scenes at levels, each with many seeds. */
import type { Level } from '../../simulators/scenes/scenes.ts'

/** One recording. */
export interface Job {
  readonly scene: string
  readonly level: Level
  readonly seed: number
}

export interface Choice {
  readonly scenes: readonly string[]
  readonly levels: readonly Level[]
  readonly seeds: number
  readonly firstSeed: number
}

/** Seeds outermost: an evaluation that is stopped halfway has seen something of everything. */
export function jobsOf({ scenes, levels, seeds, firstSeed }: Choice): Job[] {
  return Array.from({ length: seeds }, (_, i) => firstSeed + i).flatMap((seed) =>
    levels.flatMap((level) => scenes.map((scene) => ({ scene, level, seed }))),
  )
}

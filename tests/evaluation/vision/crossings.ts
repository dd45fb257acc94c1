/** How well tracks keep people apart who walk about in a drawn room: boxes with errors, no pictures. */
import { corners, crowd, followed, frames, sceneOf, seeded, track } from '../../../edge/tracking/testing.ts'

export interface CrossingScore {
  readonly cameras: number
  readonly people: number
  readonly idf1: number
  readonly ids: number
  readonly meanErrorMetres: number
  /** The same without clothes. */
  readonly plainIdf1: number
}

const rooms = 8
const seconds = 60

/** Means over eight rooms of a minute each, 6 x 6 m, ten frames a second of each camera. */
export function scoreCrossings(): CrossingScore[] {
  return [1, 2, 3].flatMap((cameras) =>
    [2, 4, 6].map((people) => {
      const all = Array.from({ length: rooms }, (_, room) => room + 1)
      const clothed = all.map((room) => inRoom(room, cameras, people, true))
      const plain = all.map((room) => inRoom(room, cameras, people, false))
      return {
        cameras,
        people,
        idf1: mean(clothed.map(({ idf1 }) => idf1)),
        ids: mean(clothed.map(({ ids }) => ids)),
        meanErrorMetres: mean(clothed.map(({ meanErrorMetres }) => meanErrorMetres)),
        plainIdf1: mean(plain.map(({ idf1 }) => idf1)),
      }
    }),
  )
}

function inRoom(seed: number, cameras: number, people: number, clothed: boolean) {
  const random = seeded(seed)
  const scene = sceneOf(corners.slice(0, cameras))
  const walkers = crowd(people, seconds, random).map(({ clothes, ...walker }) =>
    clothed && clothes !== undefined ? { ...walker, clothes } : walker,
  )
  const conditions = { fps: 10, seconds, edgeNoise: 0.03, missShare: 0.05, falseShare: 0.02, random }
  return followed(track(scene, frames(scene, walkers, conditions)), walkers)
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

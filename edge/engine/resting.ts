/**
 * Hands that stay: what a plate feels may be a hand that presses on it, or that bears a part of what it has not taken yet.
 * It is remembered like a foreign thing that lies there, with a weight below zero where it bears: when the hand goes, that
 * goes with it, alone or with what it takes.
 */
import { type Contents, lyingOn, type Thing } from './hypothesis.ts'
import { handDensity, sameThingDensity } from './likelihood.ts'
import { type Option, oddsOf, option, type Scene, thing } from './options.ts'
import type { Part } from './parts.ts'

/** In place of the cell where a thing was weighed. */
const inHand = '#hand'

/** A part that is a hand which is still there, or one that lets go of what it bore. */
export function rests({ actors }: Scene, part: Part, contents: Contents): Option[] {
  if (part.passes) return []
  const place = lyingOn(part.cell)
  const lying = contents(place)
  const hand: Thing = { ...thing(null, part.falls ? -part.grams : part.grams, part, 1), cell: inHand }
  const comes = actors
    .filter(({ stays }) => stays)
    .map((actor) =>
      option(oddsOf(actor, part) + Math.log(handDensity(part.grams)), () => ({
        acts: [],
        places: { [place]: [...lying, hand] },
      })),
    )
  const goes = lying.flatMap((borne, i): Option[] => {
    if (!isHand(borne) || part.falls) return []
    const density = sameThingDensity(-borne.grams, borne.sdGrams, part, true)
    if (density === 0) return []
    return [
      option(Math.log(density), () => ({ acts: [], places: { [place]: lying.filter((_, other) => other !== i) } })),
    ]
  })
  return [...comes, ...goes]
}

export function isHand({ cell }: Thing): boolean {
  return cell === inHand
}

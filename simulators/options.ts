/** Values on the command line of the simulators. */
import { InvalidArgumentError } from 'commander'

/** How many times real time. */
export type Speed = number | 'max'

export function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0) return value
  throw new InvalidArgumentError(`found "${text}", wanted a whole number from 0`)
}

/** Not null for as fast as it goes: commander turns that into an empty text. */
export function speed(text: string): Speed {
  const value = Number(text)
  if (text === 'max') return text
  if (value > 0 && Number.isFinite(value)) return value
  throw new InvalidArgumentError(`found "${text}", wanted "max" or how many times real time`)
}

/** Values on the command line of the simulators. */
import { InvalidArgumentError } from 'commander'
import { mostCameras } from './cameras/hang.ts'

/** How many times real time. */
export type Speed = number | 'max'

export function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 0) return value
  throw new InvalidArgumentError(`found "${text}", wanted a whole number from 0`)
}

/** Of cameras: a picture in ten seconds is of little use, and thirty a second are what they give at most. */
export function framesPerSecond(text: string): number {
  const value = Number(text)
  if (value >= 0.1 && value <= 30) return value
  throw new InvalidArgumentError(`found "${text}", wanted from 0.1 to 30`)
}

export function cameraCount(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= mostCameras) return value
  throw new InvalidArgumentError(`found "${text}", wanted a whole number from 1 to ${mostCameras}`)
}

/** Not null for as fast as it goes: commander turns that into an empty text. */
export function speed(text: string): Speed {
  const value = Number(text)
  if (text === 'max') return text
  if (value > 0 && Number.isFinite(value)) return value
  throw new InvalidArgumentError(`found "${text}", wanted "max" or how many times real time`)
}

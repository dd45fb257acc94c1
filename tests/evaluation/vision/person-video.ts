/** A real video beside the repository of six people who come and go, one at a time; its README says when. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const video = resolve(import.meta.dirname, '../../../../shared/data/person-video/one-by-one-person-detection.mp4')

/** Frames with a label are these apart. */
export const labelledEvery = 10
/** Indices of labelled frames with somebody in view, both ends included. */
const visits = [
  [6, 19],
  [23, 44],
  [51, 69],
  [75, 86],
  [93, 119],
  [124, 135],
] as const
export const visitCount = visits.length

/** Throws where the data are missing. */
export function personVideo(): string {
  if (!existsSync(video)) throw new Error(`${video} is missing: this needs the recording person-video there`)
  return video
}

/** Whether somebody is in view in a labelled frame, counted over all frames of the video. */
export function showsSomebody(frame: number): boolean {
  return visits.some(([first, last]) => frame / labelledEvery >= first && frame / labelledEvery <= last)
}

/**
 * Which visit a frame is of, if any: from the label before its first to nearly two after its last, since a leg or a shadow
 * of who goes is still followed.
 */
export function visitOf(frame: number): number | null {
  const label = frame / labelledEvery
  const found = visits.findIndex(([first, last]) => label > first - 1 && label < last + 1.8)
  return found < 0 ? null : found
}

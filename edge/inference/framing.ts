/** A picture brought into a network's square with its shape kept, and boxes brought back. Pure. */

/** Left, top, width, height; pixels. */
export type Box = readonly [x: number, y: number, width: number, height: number]

export interface Size {
  readonly width: number
  readonly height: number
}

/** Where the picture lies within the network's input; the rest around it is grey. Whole pixels. */
export interface Framing extends Size {
  readonly left: number
  readonly top: number
}

/** The largest place in the middle that has the picture's shape, and at least one pixel each way. */
export function frameInto(picture: Size, input: Size): Framing {
  const scale = Math.min(input.width / picture.width, input.height / picture.height)
  const width = Math.max(1, Math.round(picture.width * scale))
  const height = Math.max(1, Math.round(picture.height * scale))
  return { width, height, left: Math.floor((input.width - width) / 2), top: Math.floor((input.height - height) / 2) }
}

/** A box in pixels of the network's input as one in pixels of the picture, cut off at its edges. */
export function boxInPicture([x, y, width, height]: Box, framing: Framing, picture: Size): Box {
  const across = picture.width / framing.width
  const down = picture.height / framing.height
  const left = within((x - framing.left) * across, picture.width)
  const top = within((y - framing.top) * down, picture.height)
  const right = within((x + width - framing.left) * across, picture.width)
  const bottom = within((y + height - framing.top) * down, picture.height)
  return [left, top, right - left, bottom - top]
}

function within(place: number, size: number): number {
  return Math.min(Math.max(place, 0), size)
}

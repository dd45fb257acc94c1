/**
 * The boxes that an SSD network guesses from (Liu et al. 2016, "SSD: Single Shot MultiBox Detector", section 2.2; as the
 * TensorFlow Object Detection API makes them for its 300 x 300 MobileNets). Pure.
 */

/** Centre and size, as shares of the input's side. */
export interface Anchor {
  readonly centerX: number
  readonly centerY: number
  readonly width: number
  readonly height: number
}

/** Cells along one side of the six feature maps. */
const gridSides = [19, 10, 5, 3, 2, 1]
const smallestScale = 0.2
const largestScale = 0.95
/** Width over height. */
const aspectRatios = [1, 2, 1 / 2, 3, 1 / 3]
/** The first map has three boxes a cell: a small square, one wide, one high. */
const firstShapes: readonly Shape[] = [
  { scale: 0.1, ratio: 1 },
  { scale: smallestScale, ratio: 2 },
  { scale: smallestScale, ratio: 1 / 2 },
]

interface Shape {
  readonly scale: number
  readonly ratio: number
}

/** 1,917 boxes in the order of the network's outputs: by map, row, column, shape. */
export function ssdAnchors(): Anchor[] {
  return gridSides.flatMap((side, map) => {
    const shapes = map === 0 ? firstShapes : shapesOf(map)
    return Array.from({ length: side * side }, (_, cell) =>
      shapes.map(({ scale, ratio }) => ({
        centerX: ((cell % side) + 0.5) / side,
        centerY: (Math.floor(cell / side) + 0.5) / side,
        width: scale * Math.sqrt(ratio),
        height: scale / Math.sqrt(ratio),
      })),
    ).flat()
  })
}

/** Beside the five ratios a square between this map's size and the next one's. */
function shapesOf(map: number): Shape[] {
  const scale = scaleOf(map)
  return [...aspectRatios.map((ratio) => ({ scale, ratio })), { scale: Math.sqrt(scale * scaleOf(map + 1)), ratio: 1 }]
}

function scaleOf(map: number): number {
  const last = gridSides.length - 1
  return map > last ? 1 : smallestScale + ((largestScale - smallestScale) * map) / last
}

/** The file of clicked points that `npm run calibrate` reads, and that the calibration page gives. */
import { type Static, Type } from 'typebox'
import { MetresSchema } from '../../models/contracts/units.ts'
import { compile, describeFault } from '../../models/contracts/validate.ts'
import type { FloorPoint } from '../../models/geometry/calibration/points.ts'

const pixel = Type.Number({ minimum: 0, maximum: 10_000, description: 'pixels from the picture’s upper left corner' })
const PointsFileSchema = Type.Array(
  Type.Object({
    pixel: Type.Tuple([pixel, pixel]),
    place: Type.Union([
      Type.Tuple([MetresSchema, MetresSchema]),
      Type.Tuple([MetresSchema, MetresSchema, MetresSchema]),
    ]),
  }),
  { description: 'places in the picture and where they are in the store; without a third number on the floor' },
)
const check = compile(PointsFileSchema)

/** Throws an Error in words for what is no such file. */
export function parsePoints(text: string): FloorPoint[] {
  const parsed = check(JSON.parse(text))
  if (!parsed.ok) throw new Error(parsed.faults.map(describeFault).join('\n'))
  return parsed.value.map(({ pixel, place }: Static<typeof PointsFileSchema>[number]) => ({
    pixel,
    place: [place[0], place[1], place[2] ?? 0],
  }))
}

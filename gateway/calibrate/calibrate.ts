/** A calibration in the store file, and in words. Pure. */
import { parseStore, type Store } from '../../models/contracts/store.ts'
import {
  type CalibratedFields,
  type CalibrationResult,
  calibratedCamera,
  type FloorErrors,
} from '../../models/geometry/calibration/calibrate.ts'
import type { FloorPoint } from '../../models/geometry/calibration/points.ts'
import type { CameraConfig } from '../../models/geometry/camera.ts'

/** The camera of that name; throws an Error in words where there is none. */
export function cameraIn(store: Store, id: string): CameraConfig {
  const cameras = store.devices.flatMap((device) => (device.kind === 'camera' ? [device] : []))
  const found = cameras.find((camera) => camera.id === id)
  if (found !== undefined) return found
  const names = cameras.map((camera) => camera.id).join(', ') || 'none'
  throw new Error(`found "${id}", wanted a camera of the store file: ${names}`)
}

/** The store with the camera as it was found. */
export function withCalibration(store: Store, id: string, fields: CalibratedFields, view: string | null): Store {
  const devices = store.devices.map((device) =>
    device.id === id && device.kind === 'camera' ? calibratedCamera(device, fields, view) : device,
  )
  const parsed = parseStore({ ...store, devices })
  if (!parsed.ok) throw new Error(`the calibration does not go into a store file: ${JSON.stringify(parsed.faults)}`)
  return parsed.value
}

/** What a person reads. */
export function calibrationWords(
  points: readonly FloorPoint[],
  { fields, errors, leftOut }: CalibrationResult & { readonly ok: true },
): string {
  const { position, intrinsics, distortion } = fields
  const rows = points.map(({ pixel, place }, i) =>
    [
      String(i + 1).padStart(5),
      pixel.map((value) => value.toFixed(0).padStart(5)).join(' '),
      place.map((value) => value.toFixed(2).padStart(7)).join(' '),
      cm(errors.eachCm[i] ?? null).padStart(11),
      leftOut === null ? '' : cm(leftOut.eachCm[i] ?? null).padStart(13),
    ].join('  '),
  )
  const expected =
    leftOut === null
      ? 'With four points there is none left to check it by: any four fit. Click six or more.'
      : `Each point seen by the camera that the others give, as is to be expected elsewhere: ${sentence(leftOut)}`
  return [
    `point        pixel             metres in the store        error  ${leftOut === null ? '' : 'when left out'}`,
    ...rows,
    `On the floor, at the points: ${sentence(errors)}`,
    expected,
    `The camera hangs at ${position.map((value) => value.toFixed(2)).join(', ')} m; focal length ${intrinsics.fx.toFixed(0)} pixels${distortion === undefined ? '' : `, k1 ${distortion.k1.toFixed(3)}`}.`,
  ].join('\n')
}

function sentence({ rmsCm, worst, eachCm }: FloorErrors): string {
  return `${cm(rmsCm)} (root mean square), worst ${cm(eachCm[worst] ?? null)} at point ${worst + 1}.`
}

function cm(value: number | null): string {
  return value === null || !Number.isFinite(value) ? 'not seen' : `${value.toFixed(1)} cm`
}

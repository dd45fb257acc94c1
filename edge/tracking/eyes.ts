/** The cameras of a store file, as tracking knows them. Pure. */
import type { Store } from '../../models/contracts/store.ts'
import { type CameraConfig, cameraView } from '../../models/geometry/camera.ts'
import type { Eye } from './place.ts'

/** A calibration is good to some centimetres; a body is not a cylinder round its feet: strides and leaning move a box by as much. */
const errorMetres = 0.1

/** By device. */
export function eyesOf({ devices }: Pick<Store, 'devices'>): Map<string, Eye> {
  return new Map(devices.flatMap((device) => (device.kind === 'camera' ? [[device.id, eyeOf(device)] as const] : [])))
}

export function eyeOf(camera: CameraConfig): Eye {
  return { id: camera.id, view: cameraView(camera), position: camera.position, image: camera.image, errorMetres }
}

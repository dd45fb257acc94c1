/** From a JPEG that came in a message to a picture that can be looked at. Pure. */
import { checkJpeg } from '../../devices/camera/jpeg.ts'
import type { CameraConfig } from '../../models/geometry/camera.ts'
import { type Rejection, rejection } from '../ingest/causes.ts'
import type { Accepted } from '../ingest/ingest.ts'
import type { CameraFrame } from './frame-desk.ts'

/** `camera`: whose frame it is. Or why it is refused, before a decoder sees it. */
export function frameOf(
  { bytes, ts }: Extract<Accepted, { kind: 'frame' }>,
  camera: CameraConfig,
): CameraFrame | { readonly refused: Rejection } {
  const fault = faultOf(bytes, camera)
  if (fault === null) return { camera: camera.id, tsMs: ts, picture: { kind: 'jpeg', bytes } }
  return { refused: rejection('picture', camera.id, 'raw/frame', { where: 'payload', ...fault }) }
}

/** In another size its pixels are not those that were calibrated. */
function faultOf(jpeg: Uint8Array, { image: [width, height] }: CameraConfig) {
  const checked = checkJpeg(jpeg)
  if (!checked.ok) return checked.fault
  const { header } = checked
  if (header.width === width && header.height === height) return null
  const wanted = `${width} x ${height}, as the store file's camera has it`
  return { found: `${header.width} x ${header.height} pixels`, wanted }
}

import { useMemo, useState } from 'preact/hooks'
import {
  type CalibrationResult,
  calibratedCamera,
  type FloorErrors,
} from '../../../../models/geometry/calibration/calibrate.ts'
import type { FloorPoint } from '../../../../models/geometry/calibration/points.ts'
import type { CameraConfig } from '../../../../models/geometry/camera.ts'

interface Props {
  readonly camera: CameraConfig
  readonly points: readonly FloorPoint[]
  readonly result: CalibrationResult | null
  /** What stands still in the camera's pictures now. */
  readonly view: string | null
}

/** An error of which a shelf's neighbour is taken for the shelf. */
const tooMuchCm = 15

/** What was found, how good it is, and what goes into the store file. */
export function Outcome({ camera, points, result, view }: Props) {
  if (result === null) return null
  if (!result.ok)
    return (
      <p class="notice" role="status">
        <strong>Not calibrated yet:</strong> {result.why}.
      </p>
    )
  const { errors, leftOut, fields } = result
  const off = (leftOut ?? errors).rmsCm
  const good = leftOut !== null && off < tooMuchCm
  const { position, intrinsics } = fields
  return (
    <section class="card outcome" aria-labelledby="outcome">
      <header>
        <h2 id="outcome">Found</h2>
      </header>
      <p class={`summary ${good ? 'good' : 'warn'}`} role="status">
        <strong>{leftOut === null ? 'Not checked yet' : `On the floor it is off by ${off.toFixed(1)} cm`}</strong>{' '}
        {checkWords(errors, leftOut)}
      </p>
      <p class="quiet where">
        It hangs {position[2].toFixed(2)} m high at {position[0].toFixed(2)}, {position[1].toFixed(2)}; focal length{' '}
        {intrinsics.fx.toFixed(0)} pixels
        {fields.distortion === undefined ? '' : `, bends by k1 = ${fields.distortion.k1.toFixed(3)}`}.
      </p>
      <Saving camera={calibratedCamera(camera, fields, view)} points={points} />
    </section>
  )
}

function checkWords(errors: FloorErrors, leftOut: FloorErrors | null): string {
  const within = `At the points themselves it is ${errors.rmsCm.toFixed(1)} cm.`
  if (leftOut === null) return `${within} Any four points fit; click six or more, and each is checked by the others.`
  const worst = leftOut.eachCm[leftOut.worst]
  const words = worst == null ? 'is not seen by the others at all' : `is off by ${worst.toFixed(1)} cm`
  return `where each point is checked by the others. Point ${leftOut.worst + 1} is worst and ${words}. ${within}`
}

interface SavingProps {
  readonly camera: CameraConfig
  readonly points: readonly FloorPoint[]
}

function Saving({ camera, points }: SavingProps) {
  const [copied, setCopied] = useState(false)
  const text = useMemo(() => JSON.stringify(camera, null, 2), [camera])
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
  }
  return (
    <div class="saving">
      <p>
        The gateway does not change its store file while it runs. Put this in the place of <code>{camera.id}</code> in{' '}
        <code>devices</code>, and start the gateway again.
        {camera.view === undefined &&
          ' With the page open for two minutes it also has what the camera sees, so that a camera that is turned is noticed.'}
      </p>
      <label>
        Camera for the store file
        <textarea readOnly rows={8} value={text} />
      </label>
      <p class="buttons">
        {navigator.clipboard !== undefined && (
          <button type="button" class="button main" onClick={copy}>
            {copied ? 'Copied' : 'Copy'}
          </button>
        )}
        <button type="button" class="button" onClick={() => download(`${camera.id}.json`, text)}>
          Download
        </button>
        <button
          type="button"
          class="button"
          onClick={() => download(`${camera.id}-points.json`, JSON.stringify(points))}
        >
          Download the points
        </button>
      </p>
    </div>
  )
}

function download(name: string, text: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}

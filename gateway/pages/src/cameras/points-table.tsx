import type { CalibrationResult } from '../../../../models/geometry/calibration/calibrate.ts'
import { type Draft, type Drafts, finished } from './points.ts'

interface Props {
  readonly drafts: Drafts
  readonly result: CalibrationResult | null
  readonly image: readonly [number, number]
  readonly onAdd: () => void
  readonly onChange: (key: number, change: Partial<Omit<Draft, 'key'>>) => void
  readonly onRemove: (key: number) => void
}

type Field = 'u' | 'v' | 'x' | 'y' | 'z'
const fields: readonly { readonly field: Field; readonly name: string; readonly step: number }[] = [
  { field: 'u', name: 'Pixel x', step: 1 },
  { field: 'v', name: 'Pixel y', step: 1 },
  { field: 'x', name: 'Metres x', step: 0.01 },
  { field: 'y', name: 'Metres y', step: 0.01 },
  { field: 'z', name: 'Height, m', step: 0.01 },
]

/** Every point as numbers, with its error. */
export function PointsTable({ drafts, result, image, onAdd, onChange, onRemove }: Props) {
  const order = finished(drafts).map(({ key }) => key)
  const errorOf = (key: number): string => {
    const at = order.indexOf(key)
    if (at < 0 || result === null || !result.ok) return '–'
    const cm = (result.leftOut ?? result.errors).eachCm[at]
    return cm == null ? 'not seen' : `${cm.toFixed(1)} cm`
  }
  const set = (key: number, field: Field, text: string) => {
    const value = text.trim() === '' ? null : Number(text)
    if (value !== null && !Number.isFinite(value)) return
    if (field === 'x' || field === 'y') onChange(key, { [field]: value })
    else
      onChange(key, {
        [field]: field === 'z' ? (value ?? 0) : Math.min(field === 'u' ? image[0] : image[1], Math.max(0, value ?? 0)),
      })
  }
  return (
    <section class="card points" aria-labelledby="points">
      <header>
        <h2 id="points">Points</h2>
        <p class="quiet">eight or more, spread over the floor that the camera sees</p>
      </header>
      {drafts.points.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">Point</th>
              {fields.map(({ field, name }) => (
                <th key={field} scope="col">
                  {name}
                </th>
              ))}
              <th scope="col">Off by</th>
              <th scope="col">
                <span class="unseen">Remove</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {drafts.points.map((point, i) => (
              <tr key={point.key} class={point.key === drafts.selected ? 'chosen' : ''}>
                <th scope="row">{i + 1}</th>
                {fields.map(({ field, name, step }) => (
                  <td key={field} data-name={name}>
                    <input
                      type="number"
                      step={step}
                      aria-label={`${name} of point ${i + 1}`}
                      value={point[field] ?? ''}
                      onFocus={() => onChange(point.key, {})}
                      onInput={(event) => set(point.key, field, event.currentTarget.value)}
                    />
                  </td>
                ))}
                <td data-name="Off by">{errorOf(point.key)}</td>
                <td>
                  <button
                    type="button"
                    class="button"
                    aria-label={`Remove point ${i + 1}`}
                    onClick={() => onRemove(point.key)}
                  >
                    ✕
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p class="more">
        <button type="button" class="button" onClick={onAdd}>
          Add a point by numbers
        </button>
      </p>
    </section>
  )
}

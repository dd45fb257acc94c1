import { useMemo, useRef } from 'preact/hooks'
import type { Store } from '../../../../models/contracts/store.ts'
import { Shop } from '../plan/floor-plan.tsx'
import { floorPlanOf, fromDrawing, toDrawing } from '../plan/geometry.ts'
import { useUnitsPerPixel } from '../plan/use-scale.ts'
import { type Drafts, finished } from './points.ts'
import '../plan/plan.css'

interface Props {
  readonly store: Store
  readonly drafts: Drafts
  /** Where the camera was found to hang; null while it is not known. */
  readonly found: readonly [number, number] | null
  readonly onPlace: (x: number, y: number) => void
}

/** The plan on which the selected point is placed. */
export function PlacePlan({ store, drafts, found, onPlace }: Props) {
  const plan = useMemo(() => floorPlanOf(store), [store])
  const svg = useRef<SVGSVGElement>(null)
  const scale = useUnitsPerPixel(svg, plan.bounds)
  const { x, y, width, height } = plan.bounds
  const place = (event: MouseEvent) => {
    const matrix = svg.current?.getScreenCTM()
    if (matrix == null) return
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse())
    onPlace(...fromDrawing([at.x, at.y]))
  }
  const number = drafts.points.findIndex(({ key }) => key === drafts.selected) + 1
  return (
    <figure class="card seen">
      <figcaption>
        <h2>On the plan</h2>
        <span class="quiet">{number === 0 ? 'no point selected' : `a click places point ${number}`}</span>
      </figcaption>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: by keyboard a place is typed into the table */}
      <svg
        ref={svg}
        class="plan places"
        viewBox={`${x} ${y} ${width} ${height}`}
        role="img"
        aria-label={`Floor plan with ${finished(drafts).length} placed points`}
        onClick={place}
      >
        <Shop plan={plan} store={store} scale={scale} />
        {found !== null && <FoundCamera at={found} scale={scale} />}
        {drafts.points.map((point, i) => {
          if (point.x === null || point.y === null) return null
          const [px, py] = toDrawing([point.x, point.y])
          return (
            <g key={point.key} class={`place ${point.key === drafts.selected ? 'chosen' : ''}`}>
              <circle cx={px} cy={py} r={11 * scale} />
              <text x={px} y={py + 4.2 * scale} font-size={12 * scale}>
                {i + 1}
              </text>
            </g>
          )
        })}
      </svg>
    </figure>
  )
}

function FoundCamera({ at, scale }: { readonly at: readonly [number, number]; readonly scale: number }) {
  const [x, y] = toDrawing(at)
  return (
    <path class="found" d="M-7,-5h10v10h-10z M3,-2l7,-4v12l-7,-4z" transform={`translate(${x} ${y}) scale(${scale})`}>
      <title>Where the camera was found to hang</title>
    </path>
  )
}

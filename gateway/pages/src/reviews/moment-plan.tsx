import { useMemo, useRef } from 'preact/hooks'
import type { ChangeEvidence, ReviewCase, ReviewDoubt } from '../../../../models/contracts/reviews.ts'
import type { Store } from '../../../../models/contracts/store.ts'
import { Shop } from '../plan/floor-plan.tsx'
import { type Bounds, floorPlanOf, toDrawing } from '../plan/geometry.ts'
import { useUnitsPerPixel } from '../plan/use-scale.ts'
import { badgeOf, shortId } from '../words.ts'
import '../plan/plan.css'

type People = ChangeEvidence['people']
type Point = readonly [number, number]

interface Props {
  readonly doubt: ReviewDoubt
  readonly people: People
  readonly found: ReviewCase
  readonly store: Store
  /** The moment that is looked at, milliseconds after the change. */
  readonly ms: number
}

/** A tracker that has not seen somebody for so long cannot say where they are. */
const longestMs = 500
/** Room around what matters, metres. */
const marginMetres = 0.7
const radius = 13

/** Who stood where, and where their hands were. */
export function MomentPlan({ doubt, people, found, store, ms }: Props) {
  const plan = useMemo(() => floorPlanOf(store), [store])
  const svg = useRef<SVGSVGElement>(null)
  const bounds = useMemo(() => around(doubt, people, store), [doubt, people, store])
  const scale = useUnitsPerPixel(svg, bounds)
  const touched = new Set(doubt.cells.map(({ cell }) => cell))
  const plates = plan.fixtures.flatMap((fixture) => fixture.plates).filter(({ cell }) => touched.has(cell))
  const seen = people.flatMap(({ shopper, track }) => {
    const moment = nearest(track, ms)
    return moment === null ? [] : [{ shopper, moment, track }]
  })
  return (
    <figure>
      <figcaption>Who stood where</figcaption>
      <svg
        ref={svg}
        class="plan moment-plan"
        viewBox={`${bounds.x} ${bounds.y} ${bounds.width} ${bounds.height}`}
        role="img"
        aria-label={describe(seen, found)}
      >
        <Shop plan={plan} store={store} scale={scale} />
        {plates.map(({ cell, points }) => (
          <polygon key={cell} class="touched" points={points} />
        ))}
        {seen.map(({ shopper, moment, track }, i) => (
          <Person
            key={`${shopper} ${i}`}
            name={shopper}
            isTheirs={isShopper(shopper, found)}
            at={moment.at}
            hands={moment.hands}
            path={track.map(({ at }) => at)}
            scale={scale}
          />
        ))}
      </svg>
    </figure>
  )
}

function isShopper(name: string, { shopper, aliases }: ReviewCase): boolean {
  return name === shopper || aliases.includes(name)
}

function nearest(track: People[number]['track'], ms: number) {
  const distance = (one: { ms: number }) => Math.abs(one.ms - ms)
  const best = track.reduce<(typeof track)[number] | null>(
    (a, b) => (a === null || distance(b) < distance(a) ? b : a),
    null,
  )
  return best !== null && distance(best) <= longestMs ? best : null
}

interface PersonProps {
  readonly name: string
  /** The shopper whose bill it is. */
  readonly isTheirs: boolean
  readonly at: Point
  readonly hands: readonly Point[]
  readonly path: readonly Point[]
  readonly scale: number
}

function Person({ name, isTheirs, at, hands, path, scale }: PersonProps) {
  const [x, y] = toDrawing(at)
  return (
    <g class={`person ${isTheirs ? 'theirs' : 'other'}`}>
      <polyline class="path" points={path.map((point) => toDrawing(point).join(',')).join(' ')} />
      {hands.map(toDrawing).map(([handX, handY]) => (
        <g key={`${handX} ${handY}`}>
          <line class="arm" x1={x} y1={y} x2={handX} y2={handY} />
          <circle class="hand" cx={handX} cy={handY} r={5 * scale} />
        </g>
      ))}
      <circle class="body" cx={x} cy={y} r={radius * scale} />
      <text class="name" x={x} y={y + 4.5 * scale} font-size={12 * scale}>
        {badgeOf(name)}
      </text>
    </g>
  )
}

/** The plates concerned and everybody's way, with room around. */
function around(doubt: ReviewDoubt, people: People, store: Store): Bounds {
  const cells = new Set(doubt.cells.map(({ cell }) => cell))
  const centers = store.fixtures
    .flatMap(({ shelves }) => shelves.flatMap((shelf) => shelf.cells))
    .filter(({ id }) => cells.has(id))
    .map(({ center: [x, y] }): Point => [x, y])
  const points = [...centers, ...people.flatMap(({ track }) => track.map(({ at }): Point => at))]
  if (points.length === 0) return floorPlanOf(store).bounds
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  const [x, y] = toDrawing([Math.min(...xs) - marginMetres, Math.max(...ys) + marginMetres])
  const [right, bottom] = toDrawing([Math.max(...xs) + marginMetres, Math.min(...ys) - marginMetres])
  return { x, y, width: right - x, height: bottom - y }
}

function describe(
  seen: readonly { shopper: string; moment: { hands: readonly Point[] } }[],
  found: ReviewCase,
): string {
  if (seen.length === 0) return 'Nobody was seen near the shelf at this moment.'
  const words = seen.map(({ shopper, moment }) => {
    const whose = isShopper(shopper, found) ? ', whose bill this is' : ''
    return `shopper ${shortId(shopper)}${whose}${moment.hands.length === 0 ? ', no hand seen' : ''}`
  })
  return `Plan of the moment near the shelf: ${words.join('; ')}.`
}

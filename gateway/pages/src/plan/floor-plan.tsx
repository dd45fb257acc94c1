import { memo } from 'preact/compat'
import { useMemo, useRef } from 'preact/hooks'
import type { ShelfEvent } from '../../../../models/contracts/bills.ts'
import type { ShopperView } from '../../../../models/contracts/http.ts'
import type { Store } from '../../../../models/contracts/store.ts'
import type { Trails } from '../live/trails.ts'
import { eventKey } from '../words.ts'
import { type DevicePlan, type FixturePlan, type FloorPlan, floorPlanOf, type ZonePlan } from './geometry.ts'
import { ShopperDot } from './shopper-dot.tsx'
import { useUnitsPerPixel } from './use-scale.ts'
import './plan.css'

interface Props {
  readonly store: Store
  readonly shoppers: readonly ShopperView[]
  readonly trails: Trails
  readonly news: readonly ShelfEvent[]
  readonly selected: string | null
  readonly onSelect: (shopper: string) => void
}

export function FloorPlanView({ store, shoppers, trails, news, selected, onSelect }: Props) {
  const plan = useMemo(() => floorPlanOf(store), [store])
  const svg = useRef<SVGSVGElement>(null)
  const scale = useUnitsPerPixel(svg, plan.bounds)
  const { x, y, width, height } = plan.bounds
  const seen = shoppers.filter(({ position }) => position !== null)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups form fields; this groups what is drawn
    <svg
      ref={svg}
      class="plan"
      viewBox={`${x} ${y} ${width} ${height}`}
      role="group"
      aria-label="Floor plan with shoppers"
    >
      <Shop plan={plan} store={store} scale={scale} />
      <Flashes plan={plan} news={news} />
      {[...seen].sort(selectedLast(selected)).map((shopper) => (
        <ShopperDot
          key={shopper.id}
          shopper={shopper}
          currency={store.currency}
          trail={trails.get(shopper.id) ?? []}
          scale={scale}
          selected={shopper.id === selected}
          onSelect={onSelect}
        />
      ))}
    </svg>
  )
}

/** What is drawn last lies on top. */
const selectedLast = (selected: string | null) => (a: ShopperView, b: ShopperView) =>
  Number(a.id === selected) - Number(b.id === selected)

interface ShopProps {
  readonly plan: FloorPlan
  readonly store: Store
  readonly scale: number
}

/** All that does not move: drawn once. */
export const Shop = memo(({ plan, store, scale }: ShopProps) => {
  const products = new Map(store.products.map(({ sku, name }) => [sku, name]))
  const facings = new Map(store.planogram.flatMap(({ sku, cells }) => cells.map((cell) => [cell, products.get(sku)])))
  return (
    <g>
      <rect class="ground" {...plan.bounds} rx={10 * scale} />
      {plan.zones.map((zone) => (
        <ZoneShape key={zone.id} zone={zone} scale={scale} />
      ))}
      {plan.fixtures.map((fixture) => (
        <FixtureShape key={fixture.id} fixture={fixture} facings={facings} scale={scale} />
      ))}
      {plan.devices.map((device) => (
        <DeviceMark key={device.id} device={device} scale={scale} />
      ))}
    </g>
  )
})

const zoneWords = {
  entry: 'Entry',
  exit: 'Exit',
  'entry-exit': 'Door',
  staff: 'Staff only',
  locker: 'Lockers',
  area: '',
} as const

function ZoneShape({ zone, scale }: { readonly zone: ZonePlan; readonly scale: number }) {
  const [x, y] = zone.label
  return (
    <g class={`zone ${zone.kind}`}>
      <polygon points={zone.points} />
      <text x={x} y={y + 18 * scale} font-size={12 * scale}>
        {zoneWords[zone.kind]}
      </text>
    </g>
  )
}

interface FixtureProps {
  readonly fixture: FixturePlan
  readonly facings: ReadonlyMap<string, string | undefined>
  readonly scale: number
}

function FixtureShape({ fixture, facings, scale }: FixtureProps) {
  const [x, y] = fixture.label
  return (
    <g class="fixture">
      <polygon class="outline" points={fixture.outline} />
      {fixture.plates.map(({ cell, shelf, points }) => (
        <polygon key={cell} class="plate" points={points}>
          <title>{`${facings.get(cell) ?? 'No product planned'} · shelf ${shelf}`}</title>
        </polygon>
      ))}
      <text x={x} y={y} font-size={11 * scale}>
        {fixture.id}
      </text>
    </g>
  )
}

const deviceShapes = {
  camera: 'M-4,-3h6v6h-6z M2,-1l4,-2v6l-4,-2z',
  receiver: 'M0,-4l4,7h-8z',
  gate: 'M-1.5,-5h3v10h-3z',
} as const

function DeviceMark({ device, scale }: { readonly device: DevicePlan; readonly scale: number }) {
  const [x, y] = device.at
  return (
    <path class="device" d={deviceShapes[device.kind]} transform={`translate(${x} ${y}) scale(${scale})`}>
      <title>{`${device.kind} ${device.id}`}</title>
    </path>
  )
}

function Flashes({ plan, news }: { readonly plan: FloorPlan; readonly news: readonly ShelfEvent[] }) {
  const plates = useMemo(
    () => new Map(plan.fixtures.flatMap((fixture) => fixture.plates.map(({ cell, points }) => [cell, points]))),
    [plan],
  )
  return (
    <g>
      {news.flatMap((event) =>
        event.cells.map((cell) => (
          <polygon key={`${eventKey(event)} ${cell}`} class={`flash ${event.kind}`} points={plates.get(cell)} />
        )),
      )}
    </g>
  )
}

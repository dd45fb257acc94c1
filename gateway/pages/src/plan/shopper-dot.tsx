import type { ShopperView } from '../../../../models/contracts/http.ts'
import { formatMoney } from '../../../../models/text/format.ts'
import { badgeOf, itemCount, shortId } from '../words.ts'
import { toDrawing } from './geometry.ts'

interface Props {
  readonly shopper: ShopperView
  readonly currency: string
  /** Metres, oldest first; the last one is where the dot is. */
  readonly trail: readonly (readonly [number, number])[]
  /** Drawing units to a pixel. */
  readonly scale: number
  readonly selected: boolean
  readonly onSelect: (shopper: string) => void
}

/** Pixels: large enough for a finger and for three digits. */
const radius = 14

export function ShopperDot({ shopper, currency, trail, scale, selected, onSelect }: Props) {
  const { id, position, staff, state, items, totalMinor } = shopper
  if (position === null) return null
  const [x, y] = toDrawing(position)
  const label = shortId(id)
  const badge = badgeOf(id)
  const select = () => onSelect(id)
  const name = `${staff ? 'Staff' : 'Shopper'} ${label}, ${itemCount(items)}, ${formatMoney(totalMinor, currency)}`
  return (
    <g class={`shopper ${state} ${staff ? 'staff' : ''} ${selected ? 'selected' : ''}`}>
      <Trail points={trail.slice(0, -1)} width={5 * scale} />
      {/* biome-ignore lint/a11y/useSemanticElements: SVG has no button */}
      <g
        class="dot"
        role="button"
        tabindex={0}
        aria-pressed={selected}
        aria-label={name}
        style={{ transform: `translate(${x}px, ${y}px) scale(${scale})` }}
        onClick={select}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== ' ') return
          event.preventDefault()
          select()
        }}
      >
        <circle class="halo" r={radius + 5} />
        {staff ? (
          <rect class="body" x={-radius + 1} y={-radius + 1} width={radius * 2 - 2} height={radius * 2 - 2} rx="5" />
        ) : (
          <circle class="body" r={radius} />
        )}
        <text dy="0.36em">{badge}</text>
        {badge !== label && <NameBelow name={label} />}
      </g>
    </g>
  )
}

/** The whole id, for the dot that is pointed at or chosen. */
function NameBelow({ name }: { readonly name: string }) {
  return (
    <text class="below" y={radius + 14}>
      {name}
    </text>
  )
}

interface TrailProps {
  readonly points: Props['trail']
  readonly width: number
}

/** Older pieces are fainter. */
function Trail({ points, width }: TrailProps) {
  const drawn = points.map(toDrawing)
  return (
    <g class="trail" stroke-width={width}>
      {drawn.slice(1).map(([x, y], i) => {
        const [fromX, fromY] = drawn[i] ?? [x, y]
        const age = drawn.length - 1 - i
        return <line key={age} x1={fromX} y1={fromY} x2={x} y2={y} opacity={Math.max(0.04, 0.4 - age * 0.02)} />
      })}
    </g>
  )
}

import { useMemo } from 'preact/hooks'
import type { ChangeEvidence } from '../../../../models/contracts/reviews.ts'
import { chartHeight, chartLeft, chartOf, chartWidth } from './chart.ts'

interface Props {
  readonly weights: ChangeEvidence['weights']
  /** The moment that is looked at, milliseconds after the change. */
  readonly ms: number
}

/** What each plate felt, in grams above the level before. */
export function WeightChart({ weights, ms }: Props) {
  const { lines, gramTicks, secondTicks, xOf } = useMemo(() => chartOf(weights), [weights])
  return (
    <figure>
      <figcaption>
        Weight
        <span class="legend">
          {lines.map(({ cell }, i) => (
            <span key={cell} class={`key line-${i}`}>
              {cell}
            </span>
          ))}
        </span>
      </figcaption>
      <svg class="chart" viewBox={`0 0 ${chartWidth} ${chartHeight}`} role="img" aria-label={describe(weights)}>
        {gramTicks.map(({ y, label }) => (
          <g key={label} class="tick">
            <line x1={chartLeft} x2={chartWidth - 6} y1={y} y2={y} />
            <text x={chartLeft - 6} y={y + 4} text-anchor="end">
              {label}
            </text>
          </g>
        ))}
        {secondTicks.map(({ x, label }) => (
          <text key={label} class="second" x={x} y={chartHeight - 6} text-anchor="middle">
            {label}
          </text>
        ))}
        <line class="now" x1={xOf(ms)} x2={xOf(ms)} y1="4" y2={chartHeight - 22} />
        {lines.map(({ cell, points }, i) => (
          <polyline key={cell} class={`weight line-${i}`} points={points} />
        ))}
      </svg>
    </figure>
  )
}

function describe(weights: Props['weights']): string {
  if (weights.length === 0) return 'No weights were kept.'
  const plates = weights.map(({ cell, grams }) => `plate ${cell} by ${Math.round(grams.at(-1) ?? 0)} grams`)
  return `Weights some seconds before and after: ${plates.join(', ')} in the end.`
}

import { useEffect, useRef } from 'preact/hooks'
import type { CameraConfig } from '../../../../models/geometry/camera.ts'
import { formatClock } from '../../../../models/text/format.ts'
import type { Drafts } from './points.ts'
import type { StillState } from './use-still.ts'

interface Props {
  readonly camera: CameraConfig
  readonly state: StillState
  readonly timeZone: string | undefined
  readonly drafts: Drafts
  readonly onAdd: (u: number, v: number) => void
  readonly onMove: (key: number, u: number, v: number) => void
  readonly onSelect: (key: number) => void
}

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** What the camera sees, with the points that were clicked in it. */
export function Picture({ camera, state, timeZone, drafts, onAdd, onMove, onSelect }: Props) {
  const { still, why } = state
  const [width, height] = camera.image
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    if (still !== null) canvas.current?.getContext('2d')?.drawImage(still.picture, 0, 0, width, height)
  }, [still, width, height])
  const click = (event: MouseEvent) => {
    const { left, top, width: shown } = (event.currentTarget as Element).getBoundingClientRect()
    const scale = width / shown
    onAdd(Math.round((event.clientX - left) * scale), Math.round((event.clientY - top) * scale))
  }
  const nudge = (event: KeyboardEvent, key: number, u: number, v: number) => {
    const step = arrows[event.key]
    if (step === undefined) return
    event.preventDefault()
    const far = event.shiftKey ? 10 : 1
    onMove(key, clamp(u + far * step[0], width), clamp(v + far * step[1], height))
  }
  const seen = still === null ? 'no picture yet' : `taken at ${formatClock(still.takenAt, timeZone)}`
  return (
    <figure class="card seen">
      <figcaption>
        <h2>In the picture</h2>
        <span class="quiet">{seen}</span>
      </figcaption>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: by keyboard a point is added with the button below the table */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the same */}
      <div class="still" style={{ aspectRatio: `${width} / ${height}` }} onClick={click}>
        <canvas ref={canvas} width={width} height={height} role="img" aria-label={`What ${camera.id} sees, ${seen}`} />
        {drafts.points.map(({ key, u, v }, i) => (
          <button
            key={key}
            type="button"
            class={`mark ${key === drafts.selected ? 'chosen' : ''}`}
            style={{ left: `${(100 * u) / width}%`, top: `${(100 * v) / height}%` }}
            aria-label={`Point ${i + 1} at pixel ${u}, ${v}; arrow keys move it`}
            aria-pressed={key === drafts.selected}
            onClick={(event) => {
              event.stopPropagation()
              onSelect(key)
            }}
            onKeyDown={(event) => nudge(event, key, u, v)}
          >
            {i + 1}
          </button>
        ))}
      </div>
      {why !== null && <p class="notice">No new picture: {why}.</p>}
    </figure>
  )
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value))
}

import { useMemo } from 'preact/hooks'
import { encode } from 'uqr'

interface Props {
  readonly text: string
  /** For who cannot see it. */
  readonly label: string
}

/** Always dark on white, in any scheme: readers want it so. */
export function QrCode({ text, label }: Props) {
  const { size, path } = useMemo(() => drawQr(text), [text])
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <title>{label}</title>
      <rect width={size} height={size} fill="#ffffff" />
      <path d={path} fill="#10201a" />
    </svg>
  )
}

/** ISO/IEC 18004 wants four modules of quiet zone; M survives a scratched screen. */
function drawQr(text: string): { readonly size: number; readonly path: string } {
  const { size, data } = encode(text, { ecc: 'M', border: 4 })
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x},${y}h1v1h-1z`] : []))).join('')
  return { size, path }
}

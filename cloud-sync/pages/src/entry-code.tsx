import { useMemo } from 'preact/hooks'
import { encode } from 'uqr'
import type { AccountView } from '../../../models/contracts/http.ts'

export function EntryCode({ account }: { readonly account: AccountView }) {
  const { entryCode, staff, refused } = account
  return (
    <section class="card code" aria-labelledby="code">
      <h2 id="code">Your way in</h2>
      {refused !== undefined && (
        <p class="notice bad">
          The gate stays closed for you, because a bill is not paid. You can settle it on this page.
        </p>
      )}
      <QrCode text={entryCode} />
      <p class="letters">
        {entryCode.match(/.{1,4}/g)?.map((group, i) => (
          <span key={i}>{group}</span>
        ))}
      </p>
      <p class="quiet">
        Hold this code to the reader at the gate. To bring somebody along, hold it there once for each: it all goes on
        your bill.
      </p>
      {staff && (
        <p>
          <span class="chip good">Staff account</span>
        </p>
      )}
    </section>
  )
}

/** Always dark on white, in any scheme: readers want it so. */
function QrCode({ text }: { readonly text: string }) {
  const { size, path } = useMemo(() => drawQr(text), [text])
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label="QR code for the gate"
      shape-rendering="crispEdges"
    >
      <title>QR code for the gate</title>
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

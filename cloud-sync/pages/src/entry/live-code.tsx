import { windowMs } from '../../../../models/entry/code.ts'
import { clockWords } from './clock.ts'
import { QrCode } from './qr-code.tsx'
import { useCode } from './use-code.ts'
import type { KnownPhone } from './use-phone.ts'

interface Props {
  readonly phone: KnownPhone
  readonly store: KnownPhone['stores'][number]
}

/** The code of the moment, how long it lasts, and the next one for somebody who comes along. */
export function LiveCode({ phone, store }: Props) {
  const { key, keyId, offsetMs } = phone
  const { text, secondsLeft, next } = useCode(key, keyId, store.tag, offsetMs)
  return (
    <>
      <p>
        For <strong>{store.name}</strong>
      </p>
      {text !== null && <QrCode text={text} label={`QR code for the gate of ${store.name}`} />}
      <div class="left">
        <svg viewBox="0 0 30 1" preserveAspectRatio="none" aria-hidden="true">
          <rect width={(secondsLeft * 1000 * 30) / windowMs} height="1" />
        </svg>
        <p role="timer">New code in {secondsLeft} s</p>
      </div>
      <p class="quiet">
        Hold this code to the reader at the gate. It lets one person in, once, and a picture of it is soon worth
        nothing.
      </p>
      <button type="button" class="button" disabled={next === null} onClick={() => next?.()}>
        Next person
      </button>
      <p class="quiet">To bring somebody along, show a new code for each: it all goes on your bill.</p>
      <ClockNotice words={clockWords(offsetMs)} />
    </>
  )
}

/** The code is right all the same: it goes by the service's time, as far as that could be asked. */
function ClockNotice({ words }: { readonly words: string | null }) {
  return (
    <div role="status">
      {words !== null && (
        <p class="notice">
          Your phone's clock is {words}. Your code is made by the right time as long as this page stays open. Switch on
          “Set time automatically” in the settings of your phone.
        </p>
      )}
    </div>
  )
}

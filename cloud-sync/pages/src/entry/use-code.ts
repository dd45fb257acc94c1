/** The code of now, made anew each half minute, and at once for somebody who comes along. */
import { useEffect, useState } from 'preact/hooks'
import { mostGuests, textOf, windowAt, windowMs } from '../../../../models/entry/code.ts'
import { type PhoneKey, signWith } from './phone-key.ts'

/** Often enough that the seconds count evenly. */
const tickMs = 250

export interface ShownCode {
  /** Null for the moment that the first one takes. */
  readonly text: string | null
  readonly secondsLeft: number
  /** Shows one that was not shown yet; null: the next half minute must come first. */
  readonly next: (() => void) | null
}

export function useCode(key: PhoneKey, keyId: string, storeTag: string, offsetMs: number): ShownCode {
  const [now, setNow] = useState(() => Date.now() + offsetMs)
  const [text, setText] = useState<string | null>(null)
  const [asked, setAsked] = useState({ window: 0, guest: 0 })
  const window = windowAt(now)
  const guest = asked.window === window ? asked.guest : 0

  useEffect(() => {
    const tick = () => setNow(Date.now() + offsetMs)
    tick()
    const timer = setInterval(tick, tickMs)
    return () => clearInterval(timer)
  }, [offsetMs])

  useEffect(() => {
    let gone = false
    void signWith(key, { keyId, storeTag, window, guest }).then((signed) => {
      if (!gone) setText(textOf(signed))
    })
    return () => {
      gone = true
    }
  }, [key, keyId, storeTag, window, guest])

  return {
    text,
    secondsLeft: Math.ceil(((window + 1) * windowMs - now) / 1000),
    next: guest + 1 < mostGuests ? () => setAsked({ window, guest: guest + 1 }) : null,
  }
}

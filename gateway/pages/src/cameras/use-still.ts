/** The newest picture of a camera, asked for again and again while the page is looked at. */
import { useEffect, useState } from 'preact/hooks'

export interface SeenStill {
  readonly picture: ImageBitmap
  /** Milliseconds since the epoch. */
  readonly takenAt: number
  /** What stands still in its pictures, for the store file; null while too little was seen. */
  readonly view: string | null
}

export interface StillState {
  readonly still: SeenStill | null
  /** Why there is no newer one, in words; null when there is. */
  readonly why: string | null
}

/** Enough to see that somebody walked out of the way. */
const againMs = 2000

export function useStill(camera: string): StillState {
  const [state, setState] = useState<StillState>({ still: null, why: null })
  useEffect(() => {
    const controller = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const again = async () => {
      if (!document.hidden) {
        const next = await askFor(camera, controller.signal)
        if (controller.signal.aborted) return
        setState((before) => ({ still: next.still ?? before.still, why: next.why }))
      }
      timer = setTimeout(again, againMs)
    }
    setState({ still: null, why: null })
    void again()
    return () => {
      controller.abort()
      clearTimeout(timer)
    }
  }, [camera])
  return state
}

async function askFor(camera: string, signal: AbortSignal): Promise<StillState> {
  try {
    const answer = await fetch(`/api/cameras/${encodeURIComponent(camera)}/still`, { signal })
    if (!answer.ok) return { still: null, why: (await answer.json()).message }
    const picture = await createImageBitmap(await answer.blob())
    return {
      still: { picture, takenAt: Number(answer.headers.get('x-taken-at')), view: answer.headers.get('x-view') },
      why: null,
    }
  } catch {
    return { still: null, why: 'the gateway does not answer' }
  }
}

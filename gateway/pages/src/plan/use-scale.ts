import type { RefObject } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Bounds } from './geometry.ts'

/** Drawing units to a screen pixel, so that dots and names have the same size on a phone as on a wall. */
export function useUnitsPerPixel(svg: RefObject<SVGSVGElement>, { width, height }: Bounds): number {
  const [scale, setScale] = useState(1)
  useEffect(() => {
    if (svg.current === null) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined || entry.contentRect.width === 0) return
      setScale(Math.max(width / entry.contentRect.width, height / entry.contentRect.height))
    })
    observer.observe(svg.current)
    return () => observer.disconnect()
  }, [width, height])
  return scale
}

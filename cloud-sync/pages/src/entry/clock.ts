/** How far this phone's clock is off. Pure. */

/** Beyond this a code would be refused when the page has not been able to ask the time: half a minute, less the way. */
const tolerableMs = 20_000

/** What to add to the phone's time to have the service's, which is taken to have looked at its clock half-way. */
export function clockOffset(askedAt: number, answeredAt: number, serviceNow: number): number {
  return Math.round(serviceNow - (askedAt + answeredAt) / 2)
}

/** `5 minutes behind`; null: right enough. */
export function clockWords(offsetMs: number): string | null {
  if (Math.abs(offsetMs) < tolerableMs) return null
  const direction = offsetMs > 0 ? 'behind' : 'ahead'
  const seconds = Math.round(Math.abs(offsetMs) / 1000)
  const [count, unit] =
    seconds < 100
      ? [seconds, 'second']
      : seconds < 6000
        ? [Math.round(seconds / 60), 'minute']
        : [Math.round(seconds / 3600), 'hour']
  return `${count} ${unit}${count === 1 ? '' : 's'} ${direction}`
}

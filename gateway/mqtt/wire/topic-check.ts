/** Topic names and filters (MQTT 3.1.1, 4.7). */
import type { Cursor } from './cursor.ts'

/** A name to publish to: [MQTT-4.7.3-1] not empty, [MQTT-3.3.2-2] without wildcards. */
export function checkName(cursor: Cursor, field: string): void {
  const name = cursor.text(field)
  if (name === '') throw cursor.fault(`its ${field} is empty`)
  if (/[#+]/.test(name)) throw cursor.fault(`its ${field} has a wildcard`)
}

/** A filter: [MQTT-4.7.1-2] # alone in the last level, [MQTT-4.7.1-3] + alone in its level. */
export function checkFilter(cursor: Cursor): void {
  const filter = cursor.text('topic filter')
  if (filter === '') throw cursor.fault('its topic filter is empty')
  const levels = filter.split('/')
  const good = levels.every(
    (level, i) => !/[#+]/.test(level) || level === '+' || (level === '#' && i === levels.length - 1),
  )
  if (!good) throw cursor.fault('a wildcard of its topic filter does not stand alone in its level')
}

/** What is due. A time that was written down while the clock was ahead would else wait for as long as that. */

/**
 * SQL that is true where the time in this column has come, or lies further ahead than `longestMs` (SQL, too), for which nothing
 * is put off; `dueValues(now)` are its values.
 */
export function dueSql(column: string, longestMs: number | string): string {
  // The second comparison is what an index can do.
  return `(${column} <= ? OR (${column} > ? AND ${column} - ${longestMs} > ?))`
}

export function dueValues(now: number): readonly number[] {
  return [now, now, now]
}

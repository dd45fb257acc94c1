/** Who of some is which of others, at the least cost together (the assignment problem). Pure. */
import munkres from 'munkres'

/** Beyond any cost that is allowed, so that a pair which is not is taken only where nothing else is left, and then dropped. */
const forbidden = 1e6

/**
 * The cheapest set of pairs, where each row that stays alone costs `aloneCost`: left out, as many pairs as can be. `costs`: a row
 * for each of the one kind, null where a pair cannot be; below 1,000 each. Gives row and column of each pair, by row.
 */
export function assign(
  costs: readonly (readonly (number | null)[])[],
  aloneCost = forbidden,
): [row: number, column: number][] {
  const rows = costs.flatMap((row, index) => (row.some((cost) => cost !== null) ? [index] : []))
  const columns = (costs[0] ?? []).flatMap((_, column) => (costs.some((row) => row[column] != null) ? [column] : []))
  if (rows.length === 0) return []
  const alone = rows.map(() => aloneCost)
  const matrix = rows.map((row) => [...columns.map((column) => costs[row]?.[column] ?? forbidden), ...alone])
  return munkres(matrix)
    .filter(([row, column]) => column < columns.length && (matrix[row]?.[column] ?? forbidden) < forbidden)
    .map(([row, column]): [number, number] => [rows[row] ?? 0, columns[column] ?? 0])
    .sort((a, b) => a[0] - b[0])
}

/** Who of some is which of others, at the least cost together (the assignment problem). Pure. */
import munkres from 'munkres'

/** Beyond any cost that is allowed, so that a pair which is not is taken only where nothing else is left, and then dropped. */
const forbidden = 1e6

/**
 * As many pairs as can be, of those the cheapest set. `costs`: a row for each of the one kind, null where a pair cannot be;
 * below 1,000 each. Gives row and column of each pair, by row.
 */
export function assign(costs: readonly (readonly (number | null)[])[]): [row: number, column: number][] {
  const rows = costs.flatMap((row, index) => (row.some((cost) => cost !== null) ? [index] : []))
  const columns = (costs[0] ?? []).flatMap((_, column) => (costs.some((row) => row[column] != null) ? [column] : []))
  if (rows.length === 0) return []
  const matrix = rows.map((row) => columns.map((column) => costs[row]?.[column] ?? forbidden))
  return munkres(matrix)
    .filter(([row, column]) => (matrix[row]?.[column] ?? forbidden) < forbidden)
    .map(([row, column]): [number, number] => [rows[row] ?? 0, columns[column] ?? 0])
    .sort((a, b) => a[0] - b[0])
}

/** Small systems of linear equations. Pure. */

export type Matrix = readonly (readonly number[])[]

/** Against the largest number in its column, a pivot smaller than this is nought but rounding. */
const leastPivot = 1e-12

/** `x` of matrix · x = right, by elimination with pivots; null where there is not just one. */
export function solve(matrix: Matrix, right: readonly number[]): number[] | null {
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0])
  const scale = Math.max(...matrix.flat().map(Math.abs))
  for (let column = 0; column < rows.length; column += 1) {
    const pivot = rows.slice(column).reduce((best, row) => (size(row, column) > size(best, column) ? row : best))
    if (!(size(pivot, column) > scale * leastPivot)) return null
    const at = rows.indexOf(pivot)
    rows[at] = rows[column] ?? pivot
    rows[column] = pivot
    for (const row of rows) if (row !== pivot) eliminate(row, pivot, column)
  }
  return rows.map((row, i) => (row.at(-1) ?? 0) / (row[i] ?? 1))
}

function size(row: readonly number[], column: number): number {
  return Math.abs(row[column] ?? 0)
}

function eliminate(row: number[], pivot: readonly number[], column: number): void {
  const factor = (row[column] ?? 0) / (pivot[column] ?? 1)
  if (factor === 0) return
  for (let i = column; i < row.length; i += 1) row[i] = (row[i] ?? 0) - factor * (pivot[i] ?? 0)
}

/** The inverse, column by column; null where there is none. */
export function inverse(matrix: Matrix): number[][] | null {
  const columns = matrix.map((_, i) =>
    solve(
      matrix,
      matrix.map((_, j) => (i === j ? 1 : 0)),
    ),
  )
  const found = columns.flatMap((column) => (column === null ? [] : [column]))
  return found.length < matrix.length ? null : matrix.map((_, i) => found.map((column) => column[i] ?? 0))
}

/** Jᵀ J and Jᵀ r. */
export function normalEquations(jacobian: Matrix, residuals: readonly number[]) {
  const width = jacobian[0]?.length ?? 0
  const matrix = Array.from({ length: width }, () => Array.from({ length: width }, () => 0))
  const right = Array.from({ length: width }, () => 0)
  for (const [r, row] of jacobian.entries())
    for (const [i, a] of row.entries()) {
      right[i] = (right[i] ?? 0) + a * (residuals[r] ?? 0)
      const into = matrix[i] ?? []
      for (const [j, b] of row.entries()) into[j] = (into[j] ?? 0) + a * b
    }
  return { matrix, right }
}

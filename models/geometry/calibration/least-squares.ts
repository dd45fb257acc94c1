/**
 * Nonlinear least squares after Levenberg and Marquardt (D. W. Marquardt, "An Algorithm for Least-Squares Estimation of
 * Nonlinear Parameters", J. SIAM 11, 1963), damped by each parameter's own curvature. Pure.
 */
import { inverse, type Matrix, normalEquations, solve } from './linear.ts'

export interface Solution {
  readonly parameters: readonly number[]
  readonly sumOfSquares: number
  /** Of the parameters, for residuals with a variance of 1; null where something is not determined at all. */
  readonly covariance: Matrix | null
}

/** From a start as good as a homography gives it takes about ten; a hundred mean that it leads nowhere. */
const maxRounds = 100
/** Less than this share of the sum is rounding. */
const leastGain = 1e-10
const hardest = 1e12

/** Null where the residuals are not numbers at the start. */
export function leastSquares(
  residualsOf: (parameters: readonly number[]) => number[],
  start: readonly number[],
): Solution | null {
  let parameters = start
  let residuals = residualsOf(parameters)
  let sumOfSquares = squares(residuals)
  if (!Number.isFinite(sumOfSquares)) return null
  let damping = 1e-3
  let equations = normalEquations(jacobianOf(residualsOf, parameters), residuals)
  for (let round = 0; round < maxRounds && damping < hardest; round += 1) {
    const step = solve(damped(equations.matrix, damping), equations.right)
    const next = step === null ? parameters : parameters.map((value, i) => value - (step[i] ?? 0))
    const tried = residualsOf(next)
    const sum = squares(tried)
    if (step === null || !(sum < sumOfSquares)) {
      damping *= 10
      continue
    }
    const gain = (sumOfSquares - sum) / sumOfSquares
    parameters = next
    residuals = tried
    sumOfSquares = sum
    damping = Math.max(damping / 10, 1e-12)
    equations = normalEquations(jacobianOf(residualsOf, parameters), residuals)
    if (gain < leastGain) break
  }
  return { parameters, sumOfSquares, covariance: inverse(equations.matrix) }
}

function damped(matrix: Matrix, damping: number): number[][] {
  return matrix.map((row, i) => row.map((value, j) => (i === j ? value * (1 + damping) + 1e-12 : value)))
}

/** Differences to both sides, as wide as rounding demands (the cube root of its size). */
function jacobianOf(
  residualsOf: (parameters: readonly number[]) => number[],
  parameters: readonly number[],
): number[][] {
  const columns = parameters.map((value, i) => {
    const width = 6e-6 * Math.max(1, Math.abs(value))
    const at = (moved: number) => residualsOf(parameters.map((other, j) => (i === j ? moved : other)))
    const [after, before] = [at(value + width), at(value - width)]
    return after.map((one, r) => (one - (before[r] ?? 0)) / (2 * width))
  })
  return (columns[0] ?? []).map((_, r) => columns.map((column) => column[r] ?? 0))
}

function squares(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value * value, 0)
}

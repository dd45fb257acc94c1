/** Symmetric matrices of two and three rows, as covariances and their inverses are. Pure. */

/** Upper triangle by rows: xx, xy, yy. */
export type Symmetric2 = readonly [xx: number, xy: number, yy: number]
/** Upper triangle by rows: xx, xy, xz, yy, yz, zz. */
export type Symmetric3 = readonly [xx: number, xy: number, xz: number, yy: number, yz: number, zz: number]
export type Pair = readonly [number, number]
export type Triple = readonly [number, number, number]

export function sum2(a: Symmetric2, b: Symmetric2): Symmetric2 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

export function determinant2([xx, xy, yy]: Symmetric2): number {
  return xx * yy - xy * xy
}

/** Null where there is none. */
export function inverse2(a: Symmetric2): Symmetric2 | null {
  const determinant = determinant2(a)
  if (!(determinant > 0)) return null
  return [a[2] / determinant, -a[1] / determinant, a[0] / determinant]
}

/** The same variance each way, and none in common. */
export function round2(variance: number): Symmetric2 {
  return [variance, 0, variance]
}

/** v vᵀ times a factor. */
export function outer2([x, y]: Pair, factor = 1): Symmetric2 {
  return [x * x * factor, x * y * factor, y * y * factor]
}

/** vᵀ A v: with an inverse of a covariance the square of the Mahalanobis distance. */
export function quadratic2([xx, xy, yy]: Symmetric2, [x, y]: Pair): number {
  return xx * x * x + 2 * xy * x * y + yy * y * y
}

export function sum3(a: Symmetric3, b: Symmetric3): Symmetric3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4], a[5] + b[5]]
}

export function outer3([x, y, z]: Triple, factor = 1): Symmetric3 {
  return [x * x * factor, x * y * factor, x * z * factor, y * y * factor, y * z * factor, z * z * factor]
}

/** Null where there is none. */
export function inverse3([a, b, c, d, e, f]: Symmetric3): Symmetric3 | null {
  const minors = [d * f - e * e, c * e - b * f, b * e - c * d] as const
  const determinant = a * minors[0] + b * minors[1] + c * minors[2]
  if (!(determinant > 0)) return null
  const rest = [a * f - c * c, b * c - a * e, a * d - b * b] as const
  return [
    minors[0] / determinant,
    minors[1] / determinant,
    minors[2] / determinant,
    rest[0] / determinant,
    rest[1] / determinant,
    rest[2] / determinant,
  ]
}

/** vᵀ A v. */
export function quadratic3(a: Symmetric3, v: Triple): number {
  const [x, y, z] = times3(a, v)
  return x * v[0] + y * v[1] + z * v[2]
}

export function times3([a, b, c, d, e, f]: Symmetric3, [x, y, z]: Triple): Triple {
  return [a * x + b * y + c * z, b * x + d * y + e * z, c * x + e * y + f * z]
}

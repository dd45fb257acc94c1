/** IEEE 754 half precision (binary16) to single, exactly: every half is a single. */
export function singlesOfHalves(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length)
  for (const [index, half] of halves.entries()) values[index] = singles[half] ?? 0
  return values
}

/** All of them, since a network has millions of numbers. */
const singles = Float32Array.from({ length: 65_536 }, (_, half) => singleOfHalf(half))

function singleOfHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  if (exponent === 0) return sign * fraction * 2 ** -24
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

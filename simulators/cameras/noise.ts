/** Smooth noise that hangs on places, not on time: the folds of cloth, the grain of a floor. */

/** About evenly spread in [0, 1) over the lattice (Wang's integer hash). */
function lattice(x: number, y: number, z: number): number {
  let h = Math.imul(x, 0x8da6b343) ^ Math.imul(y, 0xd8163841) ^ Math.imul(z, 0xcb1ab31f)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39)
  return ((h ^ (h >>> 15)) >>> 0) / 4_294_967_296
}

/** From 0 to 1, smooth over a unit of length. */
export function smoothNoise(x: number, y: number, z: number): number {
  const ix = Math.floor(x)
  const iy = Math.floor(y)
  const iz = Math.floor(z)
  const fx = eased(x - ix)
  const fy = eased(y - iy)
  const fz = eased(z - iz)
  const near = mixed(row(ix, iy, iz, fx), row(ix, iy + 1, iz, fx), fy)
  const far = mixed(row(ix, iy, iz + 1, fx), row(ix, iy + 1, iz + 1, fx), fy)
  return mixed(near, far, fz)
}

function row(ix: number, iy: number, iz: number, share: number): number {
  return mixed(lattice(ix, iy, iz), lattice(ix + 1, iy, iz), share)
}

function mixed(a: number, b: number, share: number): number {
  return a + (b - a) * share
}

function eased(f: number): number {
  return f * f * (3 - 2 * f)
}

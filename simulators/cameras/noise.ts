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
  const row = (dy: number, dz: number): number => {
    const a = lattice(ix, iy + dy, iz + dz)
    return a + (lattice(ix + 1, iy + dy, iz + dz) - a) * fx
  }
  const near = row(0, 0) + (row(1, 0) - row(0, 0)) * fy
  const far = row(0, 1) + (row(1, 1) - row(0, 1)) * fy
  return near + (far - near) * fz
}

function eased(f: number): number {
  return f * f * (3 - 2 * f)
}

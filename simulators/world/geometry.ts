/** Plane and space geometry in store coordinates, metres. */
export type Vec2 = readonly [number, number]
export type Vec3 = readonly [number, number, number]

export interface Box {
  readonly x0: number
  readonly y0: number
  readonly x1: number
  readonly y1: number
}

export function distance(a: Vec2, b: Vec2): number {
  return Math.hypot(b[0] - a[0], b[1] - a[1])
}

export function dot(a: Vec2, b: Vec2): number {
  return a[0] * b[0] + a[1] * b[1]
}

/** Turned about the origin by an angle in radians, counter-clockwise. */
export function turned([x, y]: Vec2, angle: number): Vec2 {
  const cos = Math.cos(angle)
  const sin = Math.sin(angle)
  return [x * cos - y * sin, x * sin + y * cos]
}

export function mix3(a: Vec3, b: Vec3, share: number): Vec3 {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share]
}

/** Minimum-jerk course of a human movement (Flash and Hogan 1985): share of the way after share `u` of the time. */
export function minimumJerk(u: number): number {
  if (u <= 0) return 0
  if (u >= 1) return 1
  return u * u * u * (10 - 15 * u + 6 * u * u)
}

export function boxAround(points: readonly Vec2[]): Box {
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  return { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs), y1: Math.max(...ys) }
}

export function grown(box: Box, by: number): Box {
  return { x0: box.x0 - by, y0: box.y0 - by, x1: box.x1 + by, y1: box.y1 + by }
}

export function corners(box: Box): Vec2[] {
  return [
    [box.x0, box.y0],
    [box.x1, box.y0],
    [box.x1, box.y1],
    [box.x0, box.y1],
  ]
}

export function inside(box: Box, [x, y]: Vec2): boolean {
  return x >= box.x0 && x <= box.x1 && y >= box.y0 && y <= box.y1
}

/** Whether the way from a to b passes through the inside of the box (Liang and Barsky's clipping). */
export function crosses(a: Vec2, b: Vec2, box: Box): boolean {
  let enter = 0
  let leave = 1
  const clip = (step: number, room: number): void => {
    if (step === 0) {
      if (room <= 0) leave = -1
      return
    }
    const at = room / step
    if (step < 0) enter = Math.max(enter, at)
    else leave = Math.min(leave, at)
  }
  clip(a[0] - b[0], a[0] - box.x0)
  clip(b[0] - a[0], box.x1 - a[0])
  clip(a[1] - b[1], a[1] - box.y0)
  clip(b[1] - a[1], box.y1 - a[1])
  return enter < leave
}

export function centroid(points: readonly Vec2[]): Vec2 {
  const sum = points.reduce<[number, number]>(([sx, sy], [x, y]) => [sx + x, sy + y], [0, 0])
  return [sum[0] / points.length, sum[1] / points.length]
}

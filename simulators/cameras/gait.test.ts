import { expect, test } from 'vitest'
import { distance } from '../world/geometry.ts'
import { bodyOf } from './gait.ts'
import { annaAlone } from './testing.ts'

const anna = (seconds: number) => {
  const simulation = annaAlone(2, '{ take: Fiji water 0.5 l }')
  simulation.step(simulation.opens + seconds * 1000)
  const [person] = simulation.world.people
  if (person === undefined) throw new Error('nobody is there')
  return { person, now: simulation.now }
}

test('bodyOf() has a foot on the floor that stays where it is while the body walks on', () => {
  const { person, now } = anna(1.5)
  const times = Array.from({ length: 30 }, (_, i) => now + i * 20)
  expect(times.every((time) => person.walk.isWalking(time))).toBe(true)
  const slips = times.slice(1).map((time, i) => {
    const [before, after] = [bodyOf(person, times[i] ?? time).legs, bodyOf(person, time).legs]
    const moved = (side: 'left' | 'right') =>
      distance([before[side].ankle[0], before[side].ankle[1]], [after[side].ankle[0], after[side].ankle[1]])
    return Math.min(moved('left'), moved('right'))
  })
  // In 20 ms the body goes 2 cm.
  expect(Math.max(...slips)).toBeLessThan(0.006)
})

test('bodyOf() keeps thighs and shanks at their length, and feet above the floor', () => {
  const { person, now } = anna(1.5)
  for (let time = now; time < now + 20_000; time += 70) {
    const { legs, heightMetres: h } = bodyOf(person, time)
    for (const { hip, knee, ankle, toe } of [legs.left, legs.right]) {
      expect(Math.hypot(knee[0] - hip[0], knee[1] - hip[1], knee[2] - hip[2]) / h).toBeCloseTo(0.245, 1)
      expect(Math.hypot(knee[0] - ankle[0], knee[1] - ankle[1], knee[2] - ankle[2]) / h).toBeCloseTo(0.246, 1)
      expect(ankle[2]).toBeGreaterThan(0)
      expect(toe[2]).toBeGreaterThan(0)
    }
  }
})

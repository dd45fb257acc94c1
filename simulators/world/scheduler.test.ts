import { expect, test } from 'vitest'
import { type Process, Scheduler } from './scheduler.ts'

test('Scheduler runs what is due in order of time, then in order of asking', () => {
  const scheduler = new Scheduler(0)
  const said: string[] = []
  function* say(name: string, times: readonly number[]): Process {
    for (const time of times) {
      yield time
      said.push(`${name}${scheduler.now}`)
    }
  }
  scheduler.spawn(say('a', [30, 10]))
  scheduler.spawn(say('b', [10, 30, 40]))
  scheduler.spawn(say('c', [20, 30]))
  scheduler.runUntil(30)
  expect(said).toEqual(['b10', 'c20', 'a30', 'b30', 'c30', 'a30'])
  scheduler.runUntil(100)
  expect(said.at(-1)).toBe('b40')
  expect(scheduler.now).toBe(100)
})

import { Command } from 'commander'
import { expect, test } from 'vitest'
import { speed } from './options.ts'

function parsed(...args: string[]): unknown {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} })
  return command.option('--speed <factor>', '', speed, 'max').parse(args, { from: 'user' }).opts().speed
}

test('speed() is the same when "max" is said and when nothing is', () => {
  expect(parsed('--speed', 'max')).toBe('max')
  expect(parsed()).toBe('max')
})

test('speed() takes a factor, and says what it wants in place of anything else', () => {
  expect(parsed('--speed', '2.5')).toBe(2.5)
  for (const text of ['0', '-1', 'Infinity', 'fast']) {
    expect(() => parsed('--speed', text)).toThrow(`found "${text}", wanted "max" or how many times real time`)
  }
})

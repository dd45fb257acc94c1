import { describe, expect, test } from 'vitest'
import { renderFound } from './validate.ts'

describe('renderFound()', () => {
  test.each([
    ['nothing', undefined, 'nothing'],
    ['what JSON cannot say', Number.NaN, 'NaN'],
    ['a long text', 'x'.repeat(100), `"${'x'.repeat(78)}…`],
    ['a long list', Array.from({ length: 9 }), 'a list of 9'],
    [
      'lists in lists, deeper than the stack',
      JSON.parse('['.repeat(1e5) + ']'.repeat(1e5)),
      'something nested too deeply',
    ],
  ])('renders %s', (_what, value, rendered) => {
    expect(renderFound(value)).toBe(rendered)
  })
})

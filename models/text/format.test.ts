import { describe, expect, test } from 'vitest'
import { formatClock, formatDayAndTime, formatDuration, formatMoney, formatRate, oneLine } from './format.ts'

const ts = Date.UTC(2026, 10, 21, 13, 3, 12)

describe('formatMoney()', () => {
  test("formatMoney() goes by the currency's minor units and the reader's way of writing", () => {
    expect(formatMoney(150, 'EUR', 'en')).toBe('€1.50')
    expect(formatMoney(150, 'EUR', 'it').replace('\u00a0', ' ')).toBe('1,50 €')
    expect(formatMoney(150, 'JPY', 'en')).toBe('¥150')
    expect(formatMoney(1500, 'KWD', 'en').replace('\u00a0', ' ')).toBe('KWD 1.500')
  })

  test.each([
    ['HUF', 'HUF 450.05'],
    ['IDR', 'IDR 450.05'],
    ['COP', 'COP 450.05'],
    ['MGA', 'MGA 450.05'],
    ['IQD', 'IQD 45.005'],
    ['ISK', 'ISK 45,005'],
  ])('formatMoney() tells what is charged of %s, also where browsers leave minor units out', (currency, told) => {
    expect(formatMoney(45_005, currency, 'en').replace('\u00a0', ' ')).toBe(told)
  })
})

describe('formatClock()', () => {
  test('formatClock() tells the time of the store, and UTC for a time zone that there is not', () => {
    expect(formatClock(ts, 'Europe/Rome')).toBe('14:03:12')
    expect(formatClock(ts, 'America/Los_Angeles')).toBe('05:03:12')
    expect(formatClock(ts, 'Mars/Olympus')).toBe('13:03:12 UTC')
  })
})

describe('formatDayAndTime()', () => {
  test('formatDayAndTime() names the day', () => {
    expect(formatDayAndTime(ts, 'Europe/Rome')).toBe('21 November 2026, 14:03')
  })
})

describe('formatDuration()', () => {
  test('formatDuration() gives one number that a person can use', () => {
    const spans = [-5, 4200, 61_000, 3 * 3_600_000, 25 * 3_600_000, 49 * 3_600_000]
    expect(spans.map(formatDuration)).toEqual(['0 s', '4 s', '1 min', '3 h', '1 day', '2 days'])
  })
})

describe('formatRate()', () => {
  test('formatRate() writes a share as percent', () => {
    expect([0.1, 0.055, 0.07, 0].map(formatRate)).toEqual(['10 %', '5.5 %', '7 %', '0 %'])
  })
})

describe('oneLine()', () => {
  test('oneLine() leaves a name its letters and nothing else', () => {
    const names = [
      'Via Roma 1',
      'Via Roma 1\r\n\r\nhttps://evil.example/\n',
      'a\tb\u2028c\u001b[2J',
      '\u202eevil',
      'Caff\u00e8 \u{1f34b}',
    ]
    expect(names.map(oneLine)).toEqual([
      'Via Roma 1',
      'Via Roma 1 https://evil.example/',
      'a b c [2J',
      'evil',
      'Caff\u00e8 \u{1f34b}',
    ])
  })
})

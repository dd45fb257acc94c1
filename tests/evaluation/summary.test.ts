import { expect, test } from 'vitest'
import { totalsOf } from './summary.ts'

test('totalsOf() takes the mean F1 of recordings, and shares of all receipts and all money', () => {
  const money = (dueMinor: number, overMinor: number, overUnseenMinor: number, underMinor: number) => ({
    dueMinor,
    overMinor,
    overUnseenMinor,
    underMinor,
    overShare: 0,
    underShare: 0,
  })
  const small = { f1: 1, shoppers: 1, exactReceipts: 1, reviewShare: 1, money: money(100, 0, 0, 0) }
  const large = { f1: 0.5, shoppers: 9, exactReceipts: 2 / 3, reviewShare: 0, money: money(900, 10, 4, 50) }
  expect(totalsOf([small, large])).toEqual({
    f1: 0.75,
    exactShare: expect.closeTo(0.7),
    reviewShare: 0.1,
    overShare: 0.01,
    overUnseenShare: 0.004,
    underShare: 0.05,
  })
  expect(totalsOf([])).toEqual({
    f1: 0,
    exactShare: 0,
    reviewShare: 0,
    overShare: 0,
    overUnseenShare: 0,
    underShare: 0,
  })
})

import { expect, test, vi } from 'vitest'
import type { OutboxEntry, StoreRuntime } from '../edge/runtime/port.ts'
import { createBillsBoard } from './bills-board.ts'

function runtimeStub() {
  const listeners: (() => void)[] = []
  const runtime = {
    recentBills: vi.fn(async (): Promise<readonly OutboxEntry[]> => []),
    pending: vi.fn(async (): Promise<readonly OutboxEntry[]> => []),
    openReviews: vi.fn(async () => ({ reviews: [], count: 0 })),
    openLate: vi.fn(async () => ({ late: [], count: 0 })),
    onChange: (listener: () => void) => listeners.push(listener),
  }
  const change = () => {
    for (const listener of listeners) listener()
  }
  return { runtime, asRuntime: runtime as unknown as StoreRuntime, change }
}

test('createBillsBoard() reads once until something changes', async () => {
  const { runtime, asRuntime, change } = runtimeStub()
  const board = createBillsBoard(asRuntime)
  await Promise.all([board(), board()])
  expect(runtime.pending).toHaveBeenCalledTimes(1)
  change()
  expect(await board()).toEqual({ bills: [], waitingBills: 0, reviews: [], openReviews: 0, late: [], openLate: 0 })
  expect(runtime.pending).toHaveBeenCalledTimes(2)
})

test('createBillsBoard() asks again after a failure', async () => {
  const { runtime, asRuntime } = runtimeStub()
  runtime.pending.mockRejectedValueOnce(new Error('the disk is gone'))
  const board = createBillsBoard(asRuntime)
  await expect(board()).rejects.toThrow('the disk is gone')
  expect(await board()).toEqual({ bills: [], waitingBills: 0, reviews: [], openReviews: 0, late: [], openLate: 0 })
})

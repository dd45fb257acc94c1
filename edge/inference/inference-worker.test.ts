import { expect, it, vi } from 'vitest'
import { NetworkError } from '../../models/networks/network-error.ts'
import look from './inference-worker.ts'

vi.mock('../../models/networks/prepare.ts', () => ({
  prepareNetwork: () => Promise.reject(new NetworkError('network person-detection: the file was altered')),
}))

it('look() says in words that there is no network, at every picture', async () => {
  const picture = { kind: 'jpeg', bytes: new Uint8Array() } as const
  const task = { wanted: 'people', picture, leastScore: null } as const
  const refused = { kind: 'no-network', why: 'network person-detection: the file was altered' }
  expect(await look(task)).toEqual(refused)
  expect(await look(task)).toEqual(refused)
  expect(await look({ wanted: 'poses', picture, boxes: [[0, 0, 1, 1]] })).toEqual(refused)
})

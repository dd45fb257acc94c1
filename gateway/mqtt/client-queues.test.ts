import type { Client } from 'aedes'
import { describe, expect, test } from 'vitest'
import { createClientQueues, maxFilters } from './client-queues.ts'

/** A client by its id alone, which is what is asked of it here. */
const client = { id: 'g1' } as Client
const filtersOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ topic: `${from + i}`, qos: 1 as const }))
const created = (isGranted: (filter: string) => boolean = () => true) =>
  createClientQueues({ onDropped: () => {}, isGranted: (_, filter) => isGranted(filter), onRemoved: () => {} })
const kept = async (queues: ReturnType<typeof created>) =>
  (await queues.subscriptionsByClient(client)).map(({ topic }) => topic)

describe('createClientQueues()', () => {
  test('keeps the filters that were granted', async () => {
    const queues = created((filter) => filter === '3')
    await queues.addSubscriptions(client, filtersOf(0, 10))
    expect(await kept(queues)).toEqual(['3'])
  })

  test('keeps 100 filters of a client, over all of its connections, and others when some are taken back', async () => {
    const queues = created()
    await queues.addSubscriptions(client, filtersOf(0, 60))
    await queues.addSubscriptions({ ...client }, filtersOf(60, 300))
    expect(await kept(queues)).toHaveLength(maxFilters)
    await queues.removeSubscriptions(client, ['0', '1', '299'])
    await queues.addSubscriptions(client, filtersOf(200, 300))
    expect((await kept(queues)).slice(-2)).toEqual(['200', '201'])
    expect(await kept(queues)).toHaveLength(maxFilters)
    await queues.cleanSubscriptions(client)
    await queues.addSubscriptions(client, filtersOf(500, 800))
    expect(await kept(queues)).toHaveLength(maxFilters)
  })

  test('keeps of a QoS 2 message that is not released its packet id', async () => {
    const queues = created()
    const packet = { cmd: 'publish', topic: 'a', payload: Buffer.alloc(1_000_000), messageId: 7 }
    await queues.incomingStorePacket(client, packet)
    expect(await queues.incomingGetPacket(client, { messageId: 7 })).toMatchObject({
      messageId: 7,
      payload: Buffer.alloc(0),
    })
  })
})

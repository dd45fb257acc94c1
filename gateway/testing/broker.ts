/** An embedded broker on a free port, and what a test opened there, all of which ends with the test. */
import { afterEach } from 'vitest'
import type { Access } from '../mqtt/access.ts'
import { createEmbeddedBroker, type EmbeddedBrokerOptions, type EmbeddedBus } from '../mqtt/embedded-broker.ts'
import { testLog } from './log.ts'
import { connectPacket, type RawClient, rawClient } from './raw-client.ts'

export interface StartedBroker {
  readonly broker: EmbeddedBus
  readonly port: number
  /** What the broker logged. */
  readonly lines: readonly string[]
  /** What the gateway heard. */
  readonly topics: readonly string[]
  /** A bare connection. */
  raw(): Promise<RawClient>
  /** A connection whose CONNECT has been answered. */
  joined(clientId: string, changes?: Parameters<typeof connectPacket>[0]): Promise<RawClient>
}

const running: (() => Promise<unknown> | unknown)[] = []

/** Call it once in a test file that starts brokers. */
export function endBrokersAfterEach(): void {
  afterEach(async () => {
    for (const stop of running.splice(0).reverse()) await stop()
  })
}

export async function startBroker(
  access: Access,
  changes: Partial<EmbeddedBrokerOptions> = {},
): Promise<StartedBroker> {
  const log = testLog()
  const topics: string[] = []
  const broker = createEmbeddedBroker({ storeId: 's1', access, port: 0, host: '127.0.0.1', log, ...changes })
  broker.onMessage(({ topic }) => topics.push(topic))
  await broker.start()
  running.push(() => broker.stop())
  const port = broker.port() ?? 0
  async function raw(): Promise<RawClient> {
    const client = await rawClient({ port })
    running.push(() => client.socket.destroy())
    return client
  }
  return {
    broker,
    port,
    lines: log.lines,
    topics,
    raw,
    async joined(clientId, more = {}) {
      const client = await raw()
      client.send(connectPacket({ clientId, ...more }))
      await client.next('connack')
      return client
    },
  }
}

import { connectAsync } from 'mqtt'
import { describe, expect, test } from 'vitest'
import { describeBus } from '../testing/bus-contract.ts'
import { testLog } from '../testing/log.ts'
import { freePort, startMosquitto } from '../testing/mosquitto.ts'
import { until } from '../testing/until.ts'
import { createRemoteBroker } from './remote-broker.ts'

describeBus('Mosquitto', async () => {
  const server = await startMosquitto()
  const bus = createRemoteBroker({ url: server.url, storeId: 's1', log: testLog() })
  await bus.start()
  const stop = async () => {
    await bus.stop()
    await server.stop()
  }
  return { bus, url: server.url, stop }
})

describe('createRemoteBroker()', () => {
  test('comes back by itself after the broker was gone, and tells what it waits for', async () => {
    const port = await freePort()
    const first = await startMosquitto({ port })
    const log = testLog()
    const bus = createRemoteBroker({ url: first.url, storeId: 's1', log })
    const heard: string[] = []
    bus.onMessage(({ topic }) => heard.push(topic))
    await bus.start()
    await first.stop()
    await until(() => !bus.connected())
    await expect(bus.publish('tillfree/1/s1/dev/gate1/cmd/open', '{}', { qos: 1 })).rejects.toThrow('not connected')
    const second = await startMosquitto({ port })
    await until(() => bus.connected())
    const shelf = await connectAsync(second.url, { clientId: 'g1' })
    await until(async () => {
      await shelf.publishAsync('tillfree/1/s1/dev/g1/tele', '{}', { qos: 1 })
      return heard.length > 0
    })
    expect(log.lines.some((line) => line.includes('trying again'))).toBe(true)
    await shelf.endAsync()
    await bus.stop()
    await second.stop()
  })
})

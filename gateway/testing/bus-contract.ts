/** What every bus must do, whoever runs the broker. */
import { connectAsync } from 'mqtt'
import { afterEach, describe, expect, test } from 'vitest'
import type { Bus } from '../mqtt/bus.ts'
import { until } from './until.ts'

export interface StartedBus {
  readonly bus: Bus
  readonly url: string
  stop(): Promise<void>
}

const running: (() => Promise<unknown>)[] = []

async function client(url: string, clientId: string) {
  const made = await connectAsync(url, { clientId, reconnectPeriod: 0 })
  running.push(() => made.endAsync(true))
  return made
}

export function describeBus(name: string, startBus: () => Promise<StartedBus>): void {
  async function start() {
    const started = await startBus()
    running.push(() => started.stop())
    return started
  }

  describe(`Bus on the ${name}`, () => {
    afterEach(async () => {
      for (const stop of running.splice(0).reverse()) await stop()
    })

    test('onMessage() hears what devices say, in their order', async () => {
      const { bus, url } = await start()
      const heard: string[] = []
      bus.onMessage(({ topic, payload }) => heard.push(`${topic} ${Buffer.from(payload)}`))
      const shelf = await client(url, 'g1')
      for (let i = 0; i < 20; i += 1) shelf.publish('tillfree/1/s1/dev/g1/tele', String(i), { qos: 1 })
      shelf.publish('tillfree/1/other/dev/g1/tele', 'not ours')
      await until(() => heard.length === 20)
      expect(heard).toEqual(Array.from({ length: 20 }, (_, i) => `tillfree/1/s1/dev/g1/tele ${i}`))
    })

    test('beforeAcknowledging() is waited for, and comes before the message itself', async () => {
      const { bus, url } = await start()
      const order: string[] = []
      let release = () => {}
      const kept = new Promise<void>((resolve) => {
        release = resolve
      })
      bus.beforeAcknowledging(async ({ topic, payload }) => {
        order.push(`keep ${topic} ${Buffer.from(payload)}`)
        await kept
        order.push('kept')
      })
      bus.onMessage(({ payload }) => order.push(`heard ${Buffer.from(payload)}`))
      const shelf = await client(url, 'g1')
      await shelf.publishAsync('tillfree/1/s1/dev/g1/tele', 'unasked', { qos: 0 })
      await until(() => order.length === 1)
      const acknowledged = shelf.publishAsync('tillfree/1/s1/dev/g1/tele', 'asked', { qos: 1 }).then(() => {
        order.push('acknowledged')
      })
      await until(() => order.some((word) => word.startsWith('keep')))
      expect(order).not.toContain('kept')
      release()
      await acknowledged
      await until(() => order.includes('heard asked'))
      expect(order.slice(0, 2)).toEqual(['heard unasked', 'keep tillfree/1/s1/dev/g1/tele asked'])
    })

    test('publish() reaches a device that subscribed', async () => {
      const { bus, url } = await start()
      const gate = await client(url, 'gate1')
      const heard: string[] = []
      gate.on('message', (_topic, payload) => heard.push(payload.toString()))
      await gate.subscribeAsync('tillfree/1/s1/dev/gate1/cmd/#', { qos: 1 })
      await bus.publish('tillfree/1/s1/dev/gate1/cmd/open', 'open', { qos: 1 })
      await until(() => heard.length === 1)
      expect(heard).toEqual(['open'])
    })

    test('publish() keeps what is to be retained', async () => {
      const { bus, url } = await start()
      await bus.publish('tillfree/1/s1/gw/progress', 'here', { qos: 1, retain: true })
      const sim = await client(url, 'sim')
      const heard: string[] = []
      sim.on('message', (_topic, payload) => heard.push(payload.toString()))
      await sim.subscribeAsync('tillfree/1/s1/gw/progress', { qos: 1 })
      await until(() => heard.length === 1)
      expect(heard).toEqual(['here'])
    })

    test('stop() ends it: nothing can be published', async () => {
      const { bus } = await start()
      await bus.stop()
      expect(bus.connected()).toBe(false)
      await expect(bus.publish('tillfree/1/s1/gw/progress', 'x', { qos: 1 })).rejects.toThrow(/not/)
    })
  })
}

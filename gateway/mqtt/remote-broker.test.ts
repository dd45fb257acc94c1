import { afterEach, expect, test } from 'vitest'
import { endBrokersAfterEach, startBroker } from '../testing/broker.ts'
import { testLog } from '../testing/log.ts'
import { freePort } from '../testing/mosquitto.ts'
import { until } from '../testing/until.ts'
import { type Bus, NeverKeptError } from './bus.ts'
import { createOpenAccess } from './open-access.ts'
import { createRemoteBroker } from './remote-broker.ts'

endBrokersAfterEach()
const running: Bus[] = []
afterEach(async () => {
  for (const bus of running.splice(0)) await bus.stop()
})

/** A gateway at somebody else's broker which cannot keep the first message, and a device there that says some. */
async function refusing(error: Error) {
  const { port, joined } = await startBroker(createOpenAccess([]))
  const log = testLog()
  const bus = createRemoteBroker({ url: `mqtt://127.0.0.1:${port}`, storeId: 's1', log })
  running.push(bus)
  const heard: string[] = []
  const asked: string[] = []
  bus.onMessage(({ topic }) => void heard.push(topic))
  bus.beforeAcknowledging(async ({ topic }) => {
    if (asked.push(topic) === 1) throw error
  })
  await bus.start()
  const device = await joined('g1')
  const say = async (channel: string) => {
    const topic = `tillfree/1/s1/dev/g1/${channel}`
    device.send({ cmd: 'publish', topic, payload: '{}', qos: 1, messageId: 1, retain: false, dup: false })
    await device.next('puback')
    return topic
  }
  return { log, heard, say, connections: () => log.lines.filter((line) => line.includes('connected to')).length }
}

test('start() waits for a broker that is not there yet, until it is stopped', async () => {
  const port = await freePort()
  const log = testLog()
  const bus = createRemoteBroker({ url: `mqtt://user:secret@127.0.0.1:${port}`, storeId: 's1', log })
  const outcome = bus.start().catch((error: Error) => error.message)
  await until(() => log.lines.some((line) => line.includes('trying again')))
  await bus.stop()
  expect(await outcome).toBe('stopped before the broker was reached')
  expect(log.lines.join()).not.toContain('secret')
})

test('createRemoteBroker() connects again where a message cannot be kept, so that the broker goes on', async () => {
  const { log, heard, say, connections } = await refusing(new Error('the disk is full'))
  const first = await say('event/one')
  await until(() => connections() === 2)
  expect(log.lines.filter((line) => line.includes('the disk is full'))).toHaveLength(1)
  // It subscribes a moment after it is connected.
  await until(async () => heard.includes(await say('event/two')))
  expect(heard).not.toContain(first)
})

test('createRemoteBroker() drops only the message where it is never kept', async () => {
  const { heard, say, connections } = await refusing(new NeverKeptError('its device said too much'))
  await say('event/one')
  const second = await say('event/two')
  await until(() => heard.length > 0)
  expect(heard).toEqual([second])
  expect(connections()).toBe(1)
})

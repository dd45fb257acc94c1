import { expect, test } from 'vitest'
import { testLog } from '../testing/log.ts'
import { freePort } from '../testing/mosquitto.ts'
import { until } from '../testing/until.ts'
import { createRemoteBroker } from './remote-broker.ts'

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

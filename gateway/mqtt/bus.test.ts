import { describeBus } from '../testing/bus-contract.ts'
import { testLog } from '../testing/log.ts'
import { testStore } from '../testing/store.ts'
import { createEmbeddedBroker } from './embedded-broker.ts'
import { createTrustingAccess } from './trusting-access.ts'

describeBus('embedded broker', async () => {
  const bus = createEmbeddedBroker({
    storeId: 's1',
    access: createTrustingAccess(testStore()),
    port: 0,
    host: '127.0.0.1',
    log: testLog(),
  })
  await bus.start()
  return { bus, url: `mqtt://127.0.0.1:${bus.port()}`, stop: () => bus.stop() }
})

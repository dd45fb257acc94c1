/** A store's process inside a test's own: real time, its own broker, whoever connects from here is trusted. */
import { pino } from 'pino'
import type { Account } from '../../models/contracts/recording.ts'
import type { Store } from '../../models/contracts/store.ts'
import { createStoreProcess } from '../store-process.ts'
import type { StoreProcessOptions } from '../store-process-options.ts'

interface Started {
  /** Gets every line of the log. */
  readonly words?: string[]
  readonly accounts?: readonly Account[]
  readonly accountService?: StoreProcessOptions['accountService']
}

export async function startedStore(
  store: Store,
  dataDir: string,
  { words = [], accounts = [], accountService = null }: Started = {},
) {
  const storeProcess = createStoreProcess({
    store,
    dataDir,
    host: '127.0.0.1',
    mqttPort: 0,
    httpPort: 0,
    trustLocal: true,
    brokerUrl: null,
    accountService,
    accounts,
    clock: 'wall',
    log: pino({ level: 'trace' }, { write: (word: string) => void words.push(word) }),
  })
  const { mqttPort, httpPort } = await storeProcess.start()
  return { storeProcess, mqttUrl: `mqtt://127.0.0.1:${mqttPort}`, httpUrl: `http://127.0.0.1:${httpPort}` }
}

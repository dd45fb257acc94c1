/** The HTTP interface over a made-up store, for tests. */
import { pino } from 'pino'
import type { HttpDeps } from '../http/server.ts'
import { createIngest } from '../ingest/ingest.ts'
import { createRegistry } from '../registry/registry.ts'
import { testStaff } from './staff.ts'
import { t0, testStore } from './store.ts'

/** Whoever asks is Marta, who may do everything, unless another `door` is given. */
export async function testHttpDeps(changes: Partial<HttpDeps> = {}): Promise<HttpDeps> {
  const store = testStore()
  const stats = createIngest({ store }).stats().devices
  const registry = createRegistry(store)
  const devices = () => registry.views(stats, t0)
  const lists = { problems: [], notices: [], shoppers: [], events: [], bills: [], reviews: [], late: [], rejected: [] }
  const nothing = { ...lists, waitingBills: 0, openReviews: 0, openLate: 0 }
  return {
    store,
    problems: () => [],
    live: async () => ({ storeId: store.id, time: t0, devices: devices(), ...nothing }),
    devices,
    bills: async () => [],
    reviews: { one: async () => null, decide: async (found) => ({ kind: 'no-such-case', found }) },
    late: { one: async () => null, settle: async ({ lateCase }) => ({ kind: 'no-such-case', found: lateCase }) },
    billsFile: async () => ({
      store: store.id,
      bills: [],
      events: [],
      stats: { messages: 0, rejected: 0, wallMs: 0, recordedMs: 0 },
    }),
    still: async () => null,
    staff: await testStaff(),
    door: { callerOf: async () => ({ subject: 'marta', session: null, may: () => true }) },
    metrics: { contentType: 'text/plain; version=0.0.4; charset=utf-8', text: async () => 'tillfree_messages 0\n' },
    pages: '/nowhere',
    now: () => performance.now(),
    log: pino({ level: 'silent' }),
    ...changes,
  }
}

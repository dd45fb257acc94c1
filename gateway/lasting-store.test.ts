import { describe, expect, test } from 'vitest'
import { createLastingStore, mostAheadMs } from './lasting-store.ts'
import type { Ports } from './store-process-options.ts'
import { until } from './testing/until.ts'

const ports: Ports = { mqttPort: 1, mqttTlsPort: null, httpPort: 2 }

/** Store processes that note what becomes of them. `failing`: the second one does not start. */
function stores(failing = false) {
  const events: string[] = []
  const failures: string[] = []
  const clock = { aheadMs: 0 }
  let made = 0
  const store = createLastingStore({
    make: (before) => {
      const name = ++made
      events.push(`made ${name} ${before === null ? 'anywhere' : `at ${before.mqttPort} and ${before.httpPort}`}`)
      return {
        start: async () => {
          if (failing && name === 2) throw new Error('no room')
          if (name === 2) clock.aheadMs = 0
          events.push(`started ${name}`)
          return ports
        },
        stop: async (next) => void events.push(`stopped ${name}${next === undefined ? '' : ` for one ${next}`}`),
        clockAheadMs: () => clock.aheadMs,
      }
    },
    onFailure: ({ message }) => failures.push(message),
    log: { warn: () => {} },
    everyMs: 1,
  })
  return { store, events, failures, clock }
}

describe('createLastingStore()', () => {
  test('begins anew at the same ports when the clock was set back by far', async () => {
    const { store, events, clock } = stores()
    expect(await store.start()).toEqual(ports)
    clock.aheadMs = mostAheadMs + 1
    await until(() => events.includes('started 2'))
    await store.stop()
    expect(events).toEqual([
      'made 1 anywhere',
      'started 1',
      'stopped 1 for one of-another-time',
      'made 2 at 1 and 2',
      'started 2',
      'stopped 2',
    ])
  })

  test('goes on where it was set back by little', async () => {
    const { store, events, clock } = stores()
    await store.start()
    clock.aheadMs = mostAheadMs
    let looks = 0
    await until(() => ++looks > 5)
    await store.stop()
    expect(events).toEqual(['made 1 anywhere', 'started 1', 'stopped 1'])
  })

  test('says when it could not', async () => {
    const { store, events, failures, clock } = stores(true)
    await store.start()
    clock.aheadMs = mostAheadMs + 1
    await until(() => failures.length > 0)
    await store.stop()
    expect(failures).toEqual(['no room'])
    expect(events.at(-1)).toBe('stopped 2')
  })
})

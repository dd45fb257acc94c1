/** `npm run bench:restart`: how long a start takes with nothing in the journal, and with 100,000 events and bills queued. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { initialState } from '../../edge/engine/engine.ts'
import { store } from '../../edge/fixture.ts'
import { openJournalStore } from '../../edge/runtime/journal-store.ts'
import { createStoreRuntime } from '../../edge/runtime/runtime.ts'
import { newSensingState } from '../../edge/sensing/sensing.ts'
import { startChild } from '../../simulators/run/child.ts'
import { billCommit } from './journal-rows.ts'

const queued = 100_000
const atOnce = 1000
const gateway = new URL('../../gateway/main.ts', import.meta.url).pathname

for (const count of [0, queued]) {
  const folder = mkdtempSync(join(tmpdir(), 'tillfree-restart-'))
  fill(join(folder, `${store.id}.db`), count)
  const journal = await journalMs(join(folder, `${store.id}.db`))
  const gateway = [await gatewayMs(folder), await gatewayMs(folder)]
  const words = [`${count} events and as many bills queued:`, `the journal's start ${journal.startMs} ms,`]
  console.log(
    [
      ...words,
      `the first 200 bills ${journal.pendingMs} ms, a gateway until it is ready ${gateway.join(' and ')} ms`,
    ].join(' '),
  )
  rmSync(folder, { recursive: true })
}

function fill(path: string, count: number): void {
  const journal = openJournalStore(path)
  journal.open(store.id)
  const snapshot = {
    sensing: JSON.stringify({ ...newSensingState(), lastTick: Date.now() }),
    parts: [],
    allParts: true,
    engine: JSON.stringify(initialState),
  }
  for (let n = 0; n < count; n += atOnce) journal.commit({ ...billCommit(n, atOnce), snapshot })
  journal.close()
}

async function journalMs(path: string) {
  const runtime = createStoreRuntime({ store, path, log: { info: () => {}, error: console.error } })
  const startMs = await took(() => runtime.start())
  const pendingMs = await took(() => runtime.pending(200))
  await runtime.stop()
  return { startMs, pendingMs }
}

async function gatewayMs(folder: string): Promise<number> {
  writeFileSync(join(folder, 'store.json'), JSON.stringify(store))
  const data = ['--store', join(folder, 'store.json'), '--data', folder]
  const ports = ['--mqtt-port', '0', '--http-port', '0', '--log-level', 'error']
  const startedAt = performance.now()
  const child = await startChild(gateway, [...data, ...ports])
  const ms = Math.round(performance.now() - startedAt)
  await child.stop()
  return ms
}

async function took(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return Math.round(performance.now() - startedAt)
}

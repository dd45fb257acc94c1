/** A recording through the same pipeline as a live store, on the recording's own clock. */
import { createCore } from '../../edge/core.ts'
import type { Effect } from '../../edge/engine/engine.ts'
import { toBill } from '../../edge/runtime/paper.ts'
import type { Bill, BillsFile, ShelfEvent } from '../../models/contracts/bills.ts'
import { createIngest, type Released } from '../ingest/ingest.ts'
import { bodyOf, type Recording } from './recording.ts'

/** Releasing costs a pass over what waits; five times a second is as often as sensing looks. */
const releaseMs = 200

/** One cause of refusal with how often it came and its first example in words. */
export interface Refusal {
  readonly cause: string
  readonly example: string
  count: number
}

export interface Replayed {
  readonly bills: readonly Bill[]
  readonly events: readonly ShelfEvent[]
  readonly stats: Omit<BillsFile['stats'], 'wallMs'>
  readonly refusals: readonly Refusal[]
}

export async function replay(recording: Recording): Promise<Replayed> {
  const { store } = recording
  const refusals = new Map<string, Refusal>()
  const refuse = (cause: string, example: string) => {
    const known = refusals.get(cause)
    if (known === undefined) refusals.set(cause, { cause, example, count: 1 })
    else known.count++
  }
  const ingest = createIngest({ store, onRejected: ({ cause, sentence }) => refuse(cause, sentence) })
  const core = createCore({ store })
  core.setAccounts(recording.accounts)
  const effects: Effect[] = []
  const take = ({ events, watermark }: Released) => {
    for (const event of events) effects.push(...core.accept(event).effects)
    if (Number.isFinite(watermark)) effects.push(...core.advance(watermark).effects)
  }

  let messages = 0
  let first: number | null = null
  let now = 0
  let released = 0
  for await (const line of recording.lines()) {
    messages++
    if (!('t' in line)) {
      refuse('line', `${line.where}: found ${line.found}, wanted ${line.wanted}`)
      continue
    }
    first ??= line.t
    now = Math.max(now, line.t)
    ingest.receive({ arrivedAt: now, topic: line.topic, body: bodyOf(line), retain: line.retain ?? false })
    if (now - released < releaseMs) continue
    released = now
    take(ingest.release(now))
  }
  take(ingest.flush())
  effects.push(...core.finish().effects)

  const list = [...refusals.values()]
  const rejected = list.reduce((sum, { count }) => sum + count, 0)
  return {
    bills: effects.flatMap((effect) => (effect.kind === 'bill' ? [toBill(effect, store.currency)] : [])),
    events: effects.flatMap((effect) => (effect.kind === 'event' ? [effect.event] : [])).sort((a, b) => a.ts - b.ts),
    stats: { messages, rejected, recordedMs: Math.round(now - (first ?? now)) },
    refusals: list,
  }
}

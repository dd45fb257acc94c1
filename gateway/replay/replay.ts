/** A recording through the same pipeline as a live store, on the recording's own clock. */
import { type Core, createCore } from '../../edge/core.ts'
import type { Effect } from '../../edge/engine/engine.ts'
import { type Inference, startInference as startNetworks } from '../../edge/inference/inference.ts'
import { toBill } from '../../edge/runtime/paper.ts'
import type { Bill, BillsFile, ShelfEvent } from '../../models/contracts/bills.ts'
import type { RecordingLine } from '../../models/contracts/recording.ts'
import type { Fault } from '../../models/contracts/validate.ts'
import type { Rejection } from '../ingest/causes.ts'
import { createIngest, type Released } from '../ingest/ingest.ts'
import type { EnrolledProducts } from '../perception/sight.ts'
import { withVision } from '../perception/vision-device.ts'
import { bodyOf, type Recording } from './recording.ts'
import { createWatching } from './watching.ts'

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

export interface ReplayOptions {
  /** Fresh; given by whoever wants to look on. */
  readonly core?: Core
  /** What products look like in pictures. */
  readonly products?: EnrolledProducts | null
  /** Called at the first picture. */
  readonly startInference?: () => Inference
}

/** Where a store has cameras and no tracker, every picture is looked at. */
export async function replay(
  recording: Recording,
  { core = createCore(recording), products = null, startInference = startNetworks }: ReplayOptions = {},
): Promise<Replayed> {
  const { store } = recording
  const refusals = new Map<string, Refusal>()
  const refuse = (cause: string, example: string) => {
    const known = refusals.get(cause)
    if (known === undefined) refusals.set(cause, { cause, example, count: 1 })
    else known.count++
  }
  const onRejected = ({ cause, sentence }: Rejection) => refuse(cause, sentence)
  const watching = createWatching({ store, products, onRejected, startInference })
  const ingest = createIngest({ store: withVision(store), onRejected, onAccepted: watching.heard })
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
  for await (const line of withoutJumps(recording.lines())) {
    messages++
    if (!('t' in line)) {
      refuse('line', `${line.where}: found ${line.found}, wanted ${line.wanted}`)
      continue
    }
    first ??= line.t
    // At times of its own and before what arrives then: neither a duplicate nor the order within a time matters.
    const due = Math.floor(line.t / releaseMs) * releaseMs
    if (due > released) {
      released = due
      for (const message of watching.said(due)) ingest.receive(message)
      take(ingest.release(due))
    }
    now = Math.max(now, line.t)
    ingest.receive({ arrivedAt: now, topic: line.topic, body: bodyOf(line), retain: line.retain ?? false })
    await watching.looked()
  }
  for (const message of await watching.finish(now)) ingest.receive(message)
  take(ingest.flush())
  effects.push(...core.finish().effects)

  const list = [...refusals.values()]
  const rejected = list.reduce((sum, { count }) => sum + count, 0)
  return {
    ...papersOf(effects),
    stats: { messages, rejected, recordedMs: Math.round(now - (first ?? now)) },
    refusals: list,
  }
}

/** What effects come to on paper. */
export function papersOf(effects: readonly Effect[]): Pick<Replayed, 'bills' | 'events'> {
  return {
    bills: effects.flatMap((effect) => (effect.kind === 'bill' ? [toBill(effect)] : [])),
    events: effects.flatMap((effect) => (effect.kind === 'event' ? [effect.event] : [])).sort((a, b) => a.ts - b.ts),
  }
}

/** Lines are in order of arrival: one that is so far ahead of the one after it has a wrong time, and no other has. */
const longestJumpMs = 60_000

async function* withoutJumps(lines: AsyncIterable<RecordingLine | Fault>): AsyncGenerator<RecordingLine | Fault> {
  let held: RecordingLine | null = null
  for await (const line of lines) {
    if (!('t' in line)) {
      yield line
      continue
    }
    if (held !== null) yield line.t < held.t - longestJumpMs ? jumpFault(held, line) : held
    held = line
  }
  if (held !== null) yield held
}

function jumpFault({ t, topic }: RecordingLine, next: RecordingLine): Fault {
  return { where: `${topic} /t`, found: String(t), wanted: `a time not after the next line's (${next.t})` }
}

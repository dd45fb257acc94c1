/** The edge as a running part of the process: the core, its journal, and what people look at. */
import type { Bill, ShelfEvent } from '../../models/contracts/bills.ts'
import type { Purchase } from '../../models/contracts/http.ts'
import type { Store } from '../../models/contracts/store.ts'
import { type Core, catalogueOf, createCore, type Outcome } from '../core.ts'
import { calledNow, type EngineState, initialState, step } from '../engine/engine.ts'
import { defaultPolicy, type ReceiptPolicy } from '../engine/receipt.ts'
import type { Decided, LateSettled, Observation } from '../observations.ts'
import { isFull, mostPeople } from '../sensing/presence.ts'
import { regained } from '../sensing/regained.ts'
import { addTo, emptyBatch, isEmpty, toCommit } from './batch.ts'
import { type Journal, startJournal } from './journal.ts'
import type { Commit, Opened, OutboxRow } from './journal-store.ts'
import { lateObjection, toLateCase, toLateSummary, tripsOf } from './late.ts'
import type { LateRow } from './late-tables.ts'
import type { DecisionOutcome, LateOutcomeAnswer, OutboxEntry, StoreRuntime } from './port.ts'
import { decidedBill, objection, toCase, toSummary } from './reviews.ts'
import { createSnapshots, restored } from './snapshot.ts'
import { beforeThis, type NewStoreFile, takenOver, underEach } from './store-files.ts'
import { shopperViews } from './view.ts'

/** Levels drift by grams in minutes: after a crash no more than this much of them is lost. Milliseconds of event time. */
const snapshotMs = 5000
/** As many as the live view shows. */
const shownEvents = 50
/** A full disk is looked at again so often. */
const retryMs = 1000
/** Whoever stops the process waits no longer than this many tries; what could not be written is found again by level. */
const mostRefusals = 5
/** Commits that a stuck disk may hold back, some hours of a busy shop; beyond it the process says so and stops taking. */
const mostWaiting = 100_000

export interface RuntimeOptions {
  readonly store: Store
  /** The journal's database file. */
  readonly path: string
  readonly policy?: ReceiptPolicy
  readonly log: { info(message: string): void; error(message: string): void }
  /** Waited for before each commit: what must be on disk when the journal says up to when everything was given. */
  readonly beforeCommit?: () => Promise<void>
  /** The platform's unless said. */
  readonly openJournal?: (path: string) => Journal
  /** For retries alone: the engine has event time. */
  readonly wait?: (ms: number) => Promise<void>
}

export function createStoreRuntime({
  store,
  path,
  policy = defaultPolicy,
  log,
  openJournal = startJournal,
  beforeCommit = () => Promise.resolve(),
  wait = sleep,
}: RuntimeOptions): StoreRuntime {
  const listeners: (() => void)[] = []
  let journal: Journal | null = null
  let core: Core | null = null
  let waiting = emptyBatch()
  let committing: Promise<void> | null = null
  let problem: string | null = null
  let events: ShelfEvent[] = []
  let time = 0
  let snapshotAt = 0
  let durableTime = 0
  let stopping = false
  let wasDamaged = false
  /** Said once. */
  let saidFull = false
  const damagedBills = new Set<number>()
  const damagedRows = new Set<string>()
  let snapshots = createSnapshots(store)
  let deciding: Promise<unknown> = Promise.resolve()
  /** Until it is written down. */
  let newStoreFile: NewStoreFile | null = null

  const running = () => {
    if (core === null || journal === null) throw new Error('the runtime is not started')
    return { core, journal }
  }

  const gather = (outcome: Outcome) => {
    addTo(waiting, outcome)
    if (waiting.observations.length > mostWaiting) throw new Error(`the journal cannot be written: ${problem}`)
  }

  /** The clock was set back since the former run: sensing has begun anew, and nothing of this time is durable yet. */
  const beginAt = (now: number) => {
    time = now
    snapshotAt = now
    durableTime = 0
  }

  /** The first word that the engine gets by an earlier time, be it an event or the time, is where sensing begins anew. */
  const go = (work: (core: Core) => Outcome) => {
    const { core } = running()
    const before = core.sensing.lastTick
    gather(work(core))
    if (core.sensing.lastTick < before) beginAt(core.sensing.lastTick)
  }

  const tellFull = ({ sensing }: Core) => {
    if (saidFull || !isFull(sensing.presence)) return
    saidFull = true
    log.error(
      `Trackers say more people than can be followed, ${mostPeople}: newcomers are left out until some have left`,
    )
  }

  const commit = () => {
    committing ??= commitAll()
    return committing
  }

  const refused = ({ message }: Error) => {
    if (message !== problem) log.error(`The journal could not be written, it is tried every second: ${message}`)
    problem = message
  }

  /** What cannot be written down goes on waiting; of what a failed snapshot meant to leave out, nothing is known to be written. */
  const commitOfWaiting = (): Commit => {
    const { core } = running()
    try {
      const snapshot = snapshots.take(core, waiting.observations, stopping)
      const commit = toCommit(waiting, snapshot, Object.keys(core.engine().open), store)
      return newStoreFile === null ? commit : { ...commit, storeFile: newStoreFile }
    } catch (error) {
      snapshots = createSnapshots(store)
      refused(error as Error)
      throw error
    }
  }

  /** All that waits, what comes meanwhile too. There is no moment between the last look and the end of a commit. */
  const commitAll = async () => {
    await Promise.resolve()
    try {
      while (!isEmpty(waiting) || time - snapshotAt >= snapshotMs) {
        const batch = waiting
        const upTo = time
        const made = commitOfWaiting()
        waiting = emptyBatch()
        snapshotAt = upTo
        await commitDurably(made)
        newStoreFile = null
        // Else the clock was set back meanwhile, and nothing of this time is.
        if (upTo <= time) durableTime = upTo
        events = [...events, ...batch.events].slice(-shownEvents)
        for (const listener of listeners) listener()
      }
    } finally {
      committing = null
    }
  }

  const commitDurably = async (commit: Commit) => {
    let refusals = 0
    for (;;) {
      try {
        await beforeCommit()
        await running().journal.commit(commit)
        if (problem !== null) log.info('The journal can be written again')
        problem = null
        return
      } catch (error) {
        refused(error as Error)
        if (stopping && ++refusals >= mostRefusals) throw error
        await wait(retryMs)
      }
    }
  }

  const decide = async (decision: Decided): Promise<DecisionOutcome> => {
    const { core, journal } = running()
    if (problem !== null) return { kind: 'not-now', why: problem }
    const row = await journal.review(decision.tripId)
    const objected = objection(core.catalogue, row, decision)
    if (row === null || objected !== null) return objected ?? { kind: 'no-such-case', found: decision.tripId }
    const bill = decidedBill(core.catalogue, row, decision)
    gather(core.observe(decision))
    waiting.bills.push(bill)
    await commit()
    return { kind: 'decided', totalMinor: bill.receipt.totalMinor, duplicate: false }
  }

  /** A row that was changed on the disk hides none of the others. */
  const legible = <Row extends { readonly body: string }, T>(rows: readonly Row[], read: (row: Row) => T): T[] =>
    rows.flatMap((row) => {
      try {
        return [read(row)]
      } catch {
        const { body } = row
        if (!damagedRows.has(body))
          log.error(`A case of the journal was changed on the disk, nobody can decide it: ${body.slice(0, 100)}`)
        damagedRows.add(body)
        return []
      }
    })

  const tripsIn = async (row: LateRow | null) => (row === null ? {} : running().journal.trips(tripsOf(row)))

  const settleLate = async (settled: LateSettled, count: number): Promise<LateOutcomeAnswer> => {
    const { core, journal } = running()
    if (problem !== null) return { kind: 'not-now', why: problem }
    const row = await journal.late(settled.lateCase)
    const objected = lateObjection(row, await tripsIn(row), settled, count)
    if (objected !== null) return objected
    gather(core.observe(settled))
    await commit()
    return { kind: 'settled', duplicate: false }
  }

  /** One decision of a person after the other, so that two about the same cannot both be the first. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = deciding.then(work)
    deciding = next.catch(() => {})
    return next
  }

  return {
    start: async () => {
      journal = openJournal(path)
      const opened = await journal.open(store.id)
      wasDamaged = opened.damage !== null
      if (wasDamaged) log.error(`The journal was changed on the disk. ${opened.damage}`)
      const resumed = resume(store, policy, opened)
      events = opened.latestEvents.map((body) => JSON.parse(body) as ShelfEvent)
      time = Math.max(resumed.sensing?.lastTick ?? 0, resumed.sensing?.lastEventAt ?? 0)
      newStoreFile = takenOver(store, opened, resumed.engine, time)
      core = createCore({ store, policy, before: beforeThis(opened, newStoreFile), ...resumed })
      snapshotAt = time
      durableTime = time
      if (opened.snapshot !== null)
        log.info(`Continuing where the store stopped, with ${Object.keys(core.engine().sessions).length} inside`)
    },
    accept: (event) => go((core) => core.accept(event)),
    advance: (now) => {
      go((core) => core.advance(now))
      time = Math.max(time, now)
      if (snapshotAt === 0) snapshotAt = now
      tellFull(running().core)
      void commit().catch(({ message }: Error) => {
        if (message !== problem) log.error(`The journal is lost: ${message}`)
      })
    },
    setAccounts: (accounts) => running().core.setAccounts(accounts),
    pending: async (limit, after = 0) => {
      const { rows, damaged } = await running().journal.pending(limit, after)
      for (const seq of damaged.filter((seq) => !damagedBills.has(seq))) {
        damagedBills.add(seq)
        log.error(`Bill ${seq} of the outbox was changed on the disk since it was written: it cannot be sent`)
      }
      return rows.map(toEntry)
    },
    recentBills: async (limit) => (await running().journal.recent(limit)).map(toEntry),
    acknowledge: async (seq, deliveredAt) => {
      await running().journal.acknowledge(seq, Math.round(deliveredAt))
      for (const listener of listeners) listener()
    },
    offerAgain: async (from, to) => {
      const count = await running().journal.offerAgain(from, to)
      for (const listener of listeners) listener()
      return count
    },
    openReviews: async (limit) => {
      const { rows, count } = await running().journal.openReviews(limit)
      return { reviews: legible(rows, toSummary), count }
    },
    review: async (tripId) => {
      const row = await running().journal.review(tripId)
      return row === null ? null : toCase(row, running().core.catalogue)
    },
    decide: ({ tripId, lines, reviewer }, now) => {
      const ts = Math.max(time, now)
      return inTurn(() => decide({ kind: 'decided', ts, tripId, lines, reviewer }))
    },
    openLate: async (limit) => {
      const { rows, count } = await running().journal.openLate(limit)
      return { late: legible(rows, toLateSummary), count }
    },
    lateCase: async (id) => {
      const row = await running().journal.late(id)
      return row === null
        ? null
        : toLateCase(row, await tripsIn(row), (shopper) => calledNow(running().core.engine(), shopper))
    },
    settleLate: ({ count, ...settled }, now) =>
      inTurn(() => settleLate({ kind: 'late-settled', ts: Math.max(time, now), ...settled }, count)),
    prune: (limits) => running().journal.prune(limits),
    forget: (accounts) => running().journal.forget(accounts),
    history: async () => {
      const { bills, events: all } = await running().journal.history()
      return {
        bills: bills.map((body) => JSON.parse(body) as Bill),
        events: all.map((body) => JSON.parse(body) as ShelfEvent),
      }
    },
    view: () => ({
      time,
      events,
      shoppers: shopperViews(running().core, time, policy),
    }),
    durableTime: () => durableTime,
    wasDamaged: () => wasDamaged,
    problem: () => problem,
    onChange: (listener) => {
      listeners.push(listener)
    },
    stop: async () => {
      if (core === null || journal === null || stopping) return
      stopping = true
      snapshotAt = Number.NEGATIVE_INFINITY
      await commit().finally(journal.close)
    },
  }
}

/** The state after a restart: the snapshot and what was observed since, or all observations when there is none. */
function resume(store: Store, policy: ReceiptPolicy, opened: Opened) {
  const { snapshot, tail, damage } = opened
  const before = snapshot === null ? initialState : { ...initialState, ...(JSON.parse(snapshot.engine) as EngineState) }
  const engine = underEach(opened, store).reduce(
    (state, part) => fold(part.store, policy, part.observations, state),
    before,
  )
  if (snapshot !== null) return { engine, sensing: restored(snapshot.sensing, snapshot.parts) }
  // Else nobody would ever see those leave who are in the engine's shop.
  return damage === null ? { engine } : { engine, sensing: regained(store, tail.map(observed)) }
}

/** The engine's state is this fold, nothing else. */
export function fold(
  store: Store,
  policy: ReceiptPolicy,
  observations: readonly string[],
  from: EngineState = initialState,
): EngineState {
  const catalogue = catalogueOf(store)
  return observations.reduce((state, body) => step(catalogue, policy, state, observed(body)).state, from)
}

function observed(body: string): Observation {
  return JSON.parse(body) as Observation
}

function toEntry({ seq, tripId, purchase, deliveredAt }: OutboxRow): OutboxEntry {
  return { seq, tripId, purchase: JSON.parse(purchase) as Purchase, deliveredAt }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

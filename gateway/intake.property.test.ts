import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SensorEvent } from '../edge/events.ts'
import { createIntake, type Intake } from './intake.ts'
import { leftOf } from './spool/left.ts'
import type { SpoolRecord } from './spool/record.ts'
import type { Spool } from './spool/spool.ts'
import { testLog } from './testing/log.ts'
import { t0, testStore } from './testing/store.ts'

const store = testStore()
const topic = 'tillfree/1/s1/dev/g1/event/weight'
/** A tick of sensing: the journal knows its time no better. */
const tickMs = 200
const warmUpMs = 20_000
/** Longer than any hold, and than a change that is said late may be old. */
const endMs = 30_000

/** Nobody comes in here. */
const noCodes = { use: () => null, stayedClosed: () => {}, letInBy: () => null, forget: () => 0, close: () => {} }

type Act =
  /** A change happens, and the shelf begins to say it. */
  | { readonly kind: 'change' }
  /** The shelf has a connection again, and says what is not acknowledged. */
  | { readonly kind: 'again' }
  /** The disk has the oldest message that it was given; it is taken in and acknowledged. */
  | { readonly kind: 'synced' }
  /** The disk does not say that it has it, though it may. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'pump'; readonly afterMs: number }
  /** The shelf's clock is set. */
  | { readonly kind: 'set'; readonly aheadMs: number }
  /** The journal is written. */
  | { readonly kind: 'commit' }
  /** The process ends, and another begins. */
  | { readonly kind: 'kill'; readonly afterMs: number }
  /** The same, and what was not synced is gone. */
  | { readonly kind: 'cut'; readonly afterMs: number }

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Act>({ kind: 'change' }) },
  { weight: 2, arbitrary: fc.constant<Act>({ kind: 'again' }) },
  { weight: 5, arbitrary: fc.constant<Act>({ kind: 'synced' }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('pump' as const), afterMs: fc.oneof(fc.nat(300), fc.nat(1500)) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('set' as const), aheadMs: fc.integer({ min: -20_000, max: 20_000 }) }),
  },
  { weight: 3, arbitrary: fc.constant<Act>({ kind: 'commit' }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('kill' as const, 'cut' as const),
      afterMs: fc.oneof(fc.nat(300), fc.nat(8000)),
    }),
  },
)

interface Message {
  readonly payload: Buffer
  isAcknowledged: boolean
}

/** A sync of the disk: what stands there now is safe when it is done. */
interface Sync {
  readonly upTo: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** What the engine was given, and up to when: what the journal holds of it outlives the process. */
interface Given {
  readonly cells: readonly number[]
  readonly time: number
}

/** A shelf, a disk and a journal, and the gateway's processes one after the other. Nothing of it waits for anything. */
class World {
  readonly #messages: Message[] = []
  readonly #disk: SpoolRecord[] = []
  #now = t0
  #isResumed = false
  #aheadMs = 0
  #journal: Given = { cells: [], time: 0 }
  #engine: Given = this.#journal
  #synced = 0
  #syncs: Sync[] = []
  /** Said to a process that is gone. */
  #silent: Message[] = []
  #saying: { readonly message: Message; readonly sync: Sync; readonly said: Promise<void> }[] = []
  #intake: Intake = this.#started()

  get given(): readonly number[] {
    return this.#engine.cells
  }

  get changes(): number {
    return this.#messages.length
  }

  async act(what: Act): Promise<void> {
    switch (what.kind) {
      case 'change':
        return this.#change()
      case 'again':
        for (const message of this.#silent.splice(0)) this.#say(message)
        return
      case 'synced':
        return this.#acknowledge()
      case 'refused':
        return this.#refuse()
      case 'pump':
        this.#now += what.afterMs
        return this.#intake.pump()
      case 'set':
        this.#aheadMs = what.aheadMs
        return
      case 'commit':
        return this.#commit()
      case 'cut':
      case 'kill':
        this.#now += what.afterMs
        if (what.kind === 'cut') this.#disk.length = this.#synced
        this.#syncs = []
        this.#saying = []
        this.#engine = this.#journal
        this.#intake = this.#started()
        this.#silent = this.#messages.filter(({ isAcknowledged }) => !isAcknowledged)
    }
  }

  /** Until the hold is as short as the shelf is prompt. */
  async warmUp(): Promise<void> {
    for (let ms = 0; ms < warmUpMs; ms += 1000)
      for (const kind of ['change', 'synced', 'pump', 'commit'] as const) await this.act({ kind, afterMs: 1000 })
  }

  async end(): Promise<void> {
    await this.act({ kind: 'again' })
    while (this.#saying.length > 0) await this.#acknowledge()
    for (let ms = 0; ms < endMs; ms += 1000) await this.act({ kind: 'pump', afterMs: 1000 })
  }

  #change(): void {
    const seq = this.#messages.length
    const ts = this.#now + this.#aheadMs
    const data = { cell: 'c1', deltaGrams: seq + 1, sdGrams: 1, from: ts - 300, to: ts }
    const envelope = { v: 1, id: `change-${seq}`, ts, boot: 'b1', seq, data }
    const message = { payload: Buffer.from(JSON.stringify(envelope)), isAcknowledged: false }
    this.#messages.push(message)
    this.#say(message)
  }

  #say(message: Message): void {
    const intake = this.#intake
    const payload = Buffer.from(message.payload)
    const said = intake.keep(topic, payload).then(() => {
      intake.ingest.receive({ arrivedAt: this.#now, topic, body: { kind: 'bytes', bytes: payload } })
      message.isAcknowledged = true
    })
    said.catch(() => {})
    const sync = this.#syncs.pop()
    if (sync !== undefined) this.#saying.push({ message, sync, said })
  }

  async #acknowledge(): Promise<void> {
    const saying = this.#saying.shift()
    if (saying === undefined) return
    this.#sync(saying.sync)
    await saying.said
  }

  async #refuse(): Promise<void> {
    const saying = this.#saying.shift()
    if (saying === undefined) return
    saying.sync.reject(new Error('no space left'))
    await saying.said.catch(() => {})
    this.#silent.push(saying.message)
  }

  #sync({ upTo, resolve }: Sync): void {
    this.#synced = Math.max(this.#synced, upTo)
    resolve()
  }

  async #commit(): Promise<void> {
    const given = this.#engine
    const named = this.#intake.named()
    for (const sync of this.#syncs.splice(0)) this.#sync(sync)
    await named
    this.#journal = given
  }

  #started(): Intake {
    this.#isResumed = false
    const intake = createIntake({
      store,
      runtime: {
        view: () => ({ time: this.#engine.time, shoppers: [], events: [] }),
        accept: (event) => this.#accept(event),
        advance: (now) => {
          const tick = Math.floor(now / tickMs) * tickMs
          // As sensing does, at the first word of a process by a clock that was set back.
          const isSetBack = !this.#isResumed && this.#engine.time - tick > 5000
          const time = isSetBack ? tick : Math.max(this.#engine.time, tick)
          this.#engine = { ...this.#engine, time }
          this.#isResumed = true
        },
        setAccounts: () => {},
        durableTime: () => this.#journal.time,
        problem: () => null,
        wasDamaged: () => false,
      },
      clock: { now: () => this.#now },
      spool: this.#spool(),
      usedCodes: noCodes,
      shortage: () => null,
      publish: async () => {},
      onAccepted: () => {},
      onRejected: ({ cause, sentence }) => expect.fail(`${cause}: ${sentence}`),
      log: testLog(),
    })
    intake.restore()
    return intake
  }

  #accept(event: SensorEvent): void {
    if (event.kind !== 'weight-change') return
    const { cells, time } = this.#engine
    this.#engine = { cells: [...cells, event.deltaGrams], time: Math.max(time, event.ts) }
  }

  #spool(): Spool {
    return {
      read: (journalTime, isAhead) => {
        this.#synced = this.#disk.length
        return { messages: leftOf(this.#disk, journalTime, isAhead), damage: null }
      },
      keep: ({ arrivedAt, topic, body }) => {
        if (body.kind === 'bytes') this.#disk.push({ kind: 'message', arrivedAt, topic, payload: body.bytes })
      },
      released: (watermark, awaiting) => void this.#disk.push({ kind: 'released', watermark, awaiting }),
      write: () => {},
      durable: () => new Promise((resolve, reject) => this.#syncs.push({ upTo: this.#disk.length, resolve, reject })),
      settle: () => {},
      problem: () => null,
      close: async () => {},
    }
  }
}

/** What is given anew after one restart is known to have been given after the next, though more had been given when it came. */
const twice: Act[] = [
  { kind: 'change' },
  { kind: 'cut', afterMs: 2500 },
  { kind: 'pump', afterMs: 100 },
  { kind: 'again' },
  { kind: 'synced' },
  { kind: 'kill', afterMs: 1500 },
  { kind: 'pump', afterMs: 100 },
  { kind: 'commit' },
  { kind: 'kill', afterMs: 0 },
]

test('createIntake() gives each change once, whenever the journal is written, the process killed, the power cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 60 }), async (acts) => {
      const world = new World()
      await world.warmUp()
      for (const one of acts) await world.act(one)
      await world.end()
      expect([...world.given].sort((a, b) => a - b)).toEqual(Array.from({ length: world.changes }, (_, i) => i + 1))
    }),
    { numRuns: 500, examples: [[twice]] },
  )
})

/** What follows the restart at which the clock was set back. */
const afterwards: readonly (readonly Act[])[] = [
  [],
  [
    { kind: 'pump', afterMs: 100 },
    { kind: 'kill', afterMs: 100 },
  ],
  [{ kind: 'change' }, { kind: 'synced' }, { kind: 'pump', afterMs: 3000 }, { kind: 'kill', afterMs: 100 }],
  [
    { kind: 'change' },
    { kind: 'synced' },
    { kind: 'pump', afterMs: 7000 },
    { kind: 'commit' },
    { kind: 'kill', afterMs: 100 },
  ],
]

test.each([-65_000, -72_000, -100_000, -240_000])(
  'createIntake() gives each change once, where the clock was set by %d ms before a restart',
  async (afterMs) => {
    for (const acts of afterwards) {
      const world = new World()
      await world.warmUp()
      const said: Act[] = [{ kind: 'change' }, { kind: 'synced' }, { kind: 'kill', afterMs }]
      for (const one of [...said, ...acts]) await world.act(one)
      await world.end()
      expect([...world.given].sort((a, b) => a - b)).toEqual(Array.from({ length: world.changes }, (_, i) => i + 1))
    }
  },
)

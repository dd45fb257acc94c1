/** From the opening of a world to its last judgement. */
import { accountsIn, requireBooks, requireSettled, withoutStore } from '../oracle/books.ts'
import { requireObserved, requireObservedOnce } from '../oracle/devices.ts'
import { requireCarts } from '../oracle/gate.ts'
import { readJournal, requireJournal } from '../oracle/journal.ts'
import { requireLate } from '../oracle/late.ts'
import { Violation } from '../oracle/violation.ts'
import type { Breakage } from './breakage.ts'
import { accountsFile } from './gateway.ts'
import { mend, startMishaps } from './mishaps.ts'
import { ProcessDied } from './process.ts'
import type { Customer } from './service.ts'
import { World } from './world.ts'

const dayMs = 86_400_000
/** Everything goes wrong for so long. */
const troubledMs = 180_000
const visitorEveryMs = 9000
const officeEveryMs = 5000
const lateDeskEveryMs = 8000
const judgeEveryMs = 3000
const copyEveryMs = 30_000
/** Whom a gate keeps out who has paid says so. */
const complainEveryMs = 20_000
/** Whatever was begun is done so long after the last fault; the longest wait is a back-off of a minute. */
const calmMs = 300_000
/** A message comes some ten seconds late, no more. */
const linesEmptyMs = 15_000
/** Whom the tracker lost far from the door is taken to have left by then. */
const nightMs = 10 * 3_600_000
/** A plate, a hold and a snapshot later everything is in the journal. */
const settleMs = 30_000
/** The last retry of a payment is on day 28, a debt is written off on day 90; clocks may have been set before. */
const mostDays = 200

export interface Life {
  readonly seed: number
  /** The same for the same seed, always. */
  readonly trace: string
  readonly steps: number
  /** What was asked of the system: messages at QoS 1, requests of the office. */
  readonly operations: number
  readonly starts: number
  readonly bills: number
  /** Changes of shelves that were said too late, each in a case for a person. */
  readonly lateChanges: number
  /** Of those cases, how many somebody closed. */
  readonly lateClosed: number
  readonly reviewsDecided: number
  readonly refunds: number
  /** How often the account service was put back from a copy. */
  readonly serviceRestores: number
  /** Bills that it had been given since. */
  readonly billsForgotten: number
  /** What its office did again: refunds given, and those that failed seen to. */
  readonly doneAgain: number
  /** Orders of another amount than the provider had carried out before: nobody was told anything. */
  readonly disputed: number
  /** At the provider, less what was given back. */
  readonly capturedMinor: number
  readonly faults: ReadonlyMap<string, number>
  readonly violation: Error | null
}

/** `tell` is told of each line of the trace. */
export async function live(seed: number, breakage: Breakage, tell?: (line: string) => void): Promise<Life> {
  const world = new World(seed, breakage, tell)
  const onRejection = (error: unknown) => {
    if (!(error instanceof ProcessDied)) world.blame(`a rejection that nobody handles: ${(error as Error).stack}`)
  }
  process.on('unhandledRejection', onRejection)
  try {
    const found = await throughout(world)
    return told(world, seed, found, null)
  } catch (error) {
    return told(world, seed, { bills: 0, lateChanges: 0 }, error as Error)
  } finally {
    process.off('unhandledRejection', onRejection)
    world.end()
  }
}

async function throughout(world: World): Promise<Pick<Life, 'bills' | 'lateChanges'>> {
  await world.begin()
  startMishaps(world)
  startWork(world)
  await until(world, troubledMs, () => false)
  mend(world)
  await until(world, calmMs, () => isQuiet(world))
  requireQuiet(world, '')
  await opensAgain(world)
  await until(world, linesEmptyMs, () => false)
  await ended(world, world.gateway.stop(true))
  world.timeline.nightsMs += nightMs
  world.clockWasSet()
  world.gateway.start()
  await until(world, settleMs, () => false)
  await until(world, calmMs, () => isQuiet(world))
  requireQuiet(world, shoppersInside(world))
  await ended(world, world.gateway.stop(true))
  const contents = readJournal(world.databases.gateway.file())
  if (world.restoredAt.length === 0) requireObserved(world.devices, contents.observations, world.refused)
  else requireObservedOnce(contents.observations)
  requireJournal(contents, world.office.decisions, { restored: world.restoredAt.length === 0 ? null : world.restored })
  requireLate({
    ...contents,
    cases: contents.late,
    told: world.shelves.flatMap(({ told: all }) => all),
    clockSetAt: world.clockSetAt,
    desk: world.office.lateDesk,
    restored: world.restoredAt.length === 0 ? null : world.restoredLate,
    restoredAt: world.restoredAt,
    turns: world.gateway.turns,
  })
  await daysGoBy(world)
  await requireBooks(world.databases.service, world.bank, world.forgotten)
  requireSettled(world.databases.service, world.bank, contents.outbox, {
    purchases: world.purchases,
    refunds: world.office.refundDesk.granted,
    forgotten: world.forgotten,
  })
  world.gateway.start()
  await until(world, calmMs, () => isQuiet(world))
  requireQuiet(world, '')
  const lateChanges = contents.observations.filter(({ kind }) => kind === 'said-late').length
  return { bills: contents.outbox.length, lateChanges }
}

/** Somebody who owes nothing is let in, whatever the gateway has been through; a clock that was set takes it a minute to know. */
async function opensAgain(world: World): Promise<void> {
  const { visitors, timeline } = world
  const end = timeline.now + calmMs
  for (let customer = welcome(world); customer !== undefined; customer = welcome(world)) {
    const { id } = customer
    if (timeline.now >= end) throw new Violation('a gate that opens again when all is mended', `closed to ${id}`)
    const before = visitors.admitted.get(id) ?? 0
    visitors.come(customer)
    await until(world, calmMs, () => visitors.present === 0 || (visitors.admitted.get(id) ?? 0) > before)
    if ((visitors.admitted.get(id) ?? 0) > before) break
  }
  await until(world, calmMs, () => isQuiet(world))
  requireQuiet(world, '')
}

/** A customer with a card whom no bill keeps out at this moment; a payment that was tried again may be declined at any. */
function welcome({ customers, databases }: World): Customer | undefined {
  const refused = accountsIn(databases.service).flatMap(({ id, refused: why }) => (why === undefined ? [] : [id]))
  return customers.find(({ id, phone }) => phone === null && !refused.includes(id))
}

function startWork(world: World): void {
  const { timeline, random, faults, visitors, office, customers, copying } = world
  const now = (everyMs: number, what: string, work: () => void) =>
    timeline.after(random.exponential(everyMs), what, () => {
      if (faults.healed) return
      work()
      now(everyMs, what, work)
    })
  now(visitorEveryMs, 'somebody comes', () => visitors.come(random.pick(customers)))
  now(officeEveryMs, 'the office works', () => office.work())
  now(lateDeskEveryMs, 'somebody looks into what was said late', () => office.lookIntoLate())
  const copy = () => {
    timeline.after(copying.exponential(copyEveryMs), 'somebody copies the data of the account service', () => {
      if (faults.healed) return
      world.backUpService()
      copy()
    })
  }
  copy()
  const complain = () => {
    timeline.after(complainEveryMs, 'who has paid says so', () => {
      payAgain(world)
      complain()
    })
  }
  complain()
  const judge = () => {
    timeline.after(judgeEveryMs, 'the oracle looks', judge)
    look(world).catch((error: Error) => world.accuse(error))
  }
  judge()
}

async function look(world: World): Promise<void> {
  const { gateway, service } = world
  if (gateway.runtime !== null) requireCarts(gateway.runtime)
  if (service.ready) await requireBooks(world.databases.service, world.bank, world.forgotten)
}

async function until(world: World, mostMs: number, isDone: () => boolean): Promise<void> {
  const end = world.timeline.now + mostMs
  while (world.timeline.now < end && !isDone()) await world.step()
}

/** Goes on until a piece of work of the world is done. */
async function ended(world: World, work: Promise<void>): Promise<void> {
  let isDone = false
  work.then(
    () => {
      isDone = true
    },
    (error: Error) => world.accuse(error),
  )
  await until(world, calmMs, () => isDone)
  if (!isDone) throw new Violation('an orderly end comes to an end', 'it goes on')
}

function requireQuiet(world: World, more: string): void {
  const found = leftOver(world) + more
  if (found !== '') throw new Violation(`everything is done ${calmMs / 1000} s after the last fault`, found)
}

function shoppersInside({ gateway }: World): string {
  const inside = gateway.runtime?.view().shoppers ?? []
  return inside.map(({ id }) => `${id} is inside`).join(', ')
}

function isQuiet(world: World): boolean {
  return leftOver(world) === ''
}

/** What is not done yet, in words. */
function leftOver({ visitors, devices, office, gateway, service, databases, gateOracle, disk }: World): string {
  const undelivered = databases.gateway.peek('SELECT seq FROM outbox WHERE delivered_at IS NULL').length
  const parts = [
    [visitors.present, 'people are there'],
    [devices.reduce((sum, { waiting }) => sum + waiting, 0), 'messages are not acknowledged'],
    [office.waiting, 'requests of the office are not answered'],
    [gateway.runtime === null ? 1 : 0, 'gateway does not run'],
    [service.ready ? 0 : 1, 'account service does not run'],
    [undelivered, 'bills are not delivered'],
    [service.ready ? billsMissing(databases) : 0, 'bills are not in the books'],
  ] as const
  const left = parts.flatMap(([count, words]) => (count === 0 ? [] : [`${count} ${words}`]))
  const disagreement = service.ready
    ? gateOracle.disagreement(accountsIn(databases.service), disk.peek(accountsFile))
    : null
  return [...left, ...(disagreement === null ? [] : [disagreement])].join(', ')
}

/** Trips of the outbox that the account service does not have. */
function billsMissing({ gateway, service }: World['databases']): number {
  const there = service.peek<{ trip: string }>(`SELECT ${withoutStore('trip_id')} AS trip FROM purchase`)
  const trips = new Set(there.map(({ trip }) => trip))
  return gateway
    .peek<{ trip: string }>('SELECT DISTINCT trip_id AS trip FROM outbox')
    .filter(({ trip }) => !trips.has(trip)).length
}

/** The account service's clock goes on by days until nothing is due any more. */
async function daysGoBy(world: World): Promise<void> {
  const { machines, databases, office } = world
  const isOver = () =>
    openAttempts(world).length === 0 &&
    office.refundDesk.waiting === 0 &&
    owedAgain(world).length === 0 &&
    databases.service
      .peek<{ id: string }>(`SELECT ${withoutStore('refund_id')} AS id FROM open_payout WHERE next_at IS NULL`)
      .every(({ id }) => !office.refundDesk.isToBeSeenTo(id)) &&
    databases.service.peek('SELECT purchase_id FROM bill_payment WHERE next_at IS NOT NULL').length === 0 &&
    databases.service.peek('SELECT refund_id FROM open_payout WHERE next_at IS NOT NULL').length === 0 &&
    databases.service.peek('SELECT attempt_id FROM sent_payout').length === 0
  for (let days = 0; days < mostDays && !isOver(); days++) {
    machines.service.clockOffsetMs += dayMs
    payAgain(world)
    await until(world, 6000, () => false)
  }
}

/** Attempts without an answer, but for those that nobody can answer. */
function openAttempts({ databases, bank }: World): readonly object[] {
  return databases.service
    .peek<{ id: string }>('SELECT attempt_id AS id FROM open_attempt')
    .filter(({ id }) => !bank.disputed.has(id))
}

/** Bills that were paid, and that books which were put back from a copy hold for declined: whoever paid says so once more. */
function owedAgain({ databases, bank, forgotten }: World): { id: string; account: string }[] {
  if (forgotten.asked.size === 0) return []
  const paid = new Set(
    [...bank.done].flatMap(([key, { answer }]) => (answer.kind === 'captured' ? [forgotten.asked.get(key)?.trip] : [])),
  )
  return databases.service
    .peek<{ id: string; account: string; trip: string }>(
      `SELECT purchase.id AS id, purchase.account_id AS account, purchase.trip_id AS trip
       FROM bill_payment JOIN purchase ON purchase.id = bill_payment.purchase_id
       WHERE bill_payment.state IN ('declined', 'unpaid', 'written-off')`,
    )
    .filter(({ trip }) => paid.has(trip))
}

function payAgain(world: World): void {
  for (const { id, account } of owedAgain(world)) void world.service.pay(account, id)
}

function told(world: World, seed: number, found: Pick<Life, 'bills' | 'lateChanges'>, violation: Error | null): Life {
  const { timeline, devices, office, deaths, faults } = world
  return {
    seed,
    trace: timeline.trace(),
    steps: timeline.steps,
    operations: devices.reduce((sum, { told: messages }) => sum + messages.length, office.operations),
    starts: deaths,
    ...found,
    lateClosed: office.lateDesk.closed.size,
    reviewsDecided: office.decisions.size,
    refunds: office.refundDesk.granted.size,
    serviceRestores: world.serviceRestores,
    billsForgotten: world.billsForgotten,
    doneAgain: office.refundDesk.again,
    disputed: world.bank.disputed.size,
    capturedMinor: world.bank.netMinor(),
    faults: faults.counts,
    violation,
  }
}

import type { Decided, Observation, ProductSeen, ShelfChange } from '../observations.ts'
import { contentsOf, forget, join, type Revised, reweigh, type Settled, settleAll, update } from './belief.ts'
import type { Catalogue } from './catalogue.ts'
import { concernedBy, ownersOf } from './concerned.ts'
import { actorsOf, explain, leftBehind, presentsFor } from './explain.ts'
import { cartOf, type PlaceKey } from './hypothesis.ts'
import { learn } from './learned.ts'
import { offeredIn } from './offers.ts'
import type { Actor } from './options.ts'
import { partings, weighing } from './parts.ts'
import { isAbout, keepPicture, pictureLogLikelihood } from './pictures.ts'
import { type ReceiptPolicy, toReceipt } from './receipt.ts'
import { findingsOf, idleCases, isDoubted, openCase, receiptOf, weighDecision } from './review.ts'
import { doubtsOf, saidLate, withBills } from './said-late.ts'
import {
  type Effect,
  type EngineState,
  heldBy,
  holderOf,
  nameOf,
  type Session,
  type Stepped,
  type TripBill,
} from './state.ts'
import { countedTwice, handsOf, sameMoment } from './together.ts'

export type { Effect, EngineState, TripBill } from './state.ts'
export { calledNow, heldBy, initialState } from './state.ts'

/** Shoppers whose odds are e^-6 of the best one's are not worth joining their doubts to this one's. */
const hopelessLogOdds = 6

/** Heavier than any thing: all that somebody holds is meant. */
const anyGrams = 1e6

export function step(
  catalogue: Catalogue,
  policy: ReceiptPolicy,
  state: EngineState,
  observation: Observation,
): Stepped {
  switch (observation.kind) {
    case 'entered': {
      const { shopper, target, ts, staff } = observation
      const session = { shopper, targets: [target], account: null, staff, enteredAt: ts }
      return { state: withSession(state, session), effects: [] }
    }
    case 'rejoined': {
      const session = state.sessions[observation.shopper]
      if (session === undefined || session.targets.includes(observation.target)) return { state, effects: [] }
      // A tracker that exchanged two ids: it is the other's name, by which their bill is known.
      if (Object.hasOwn(state.sessions, observation.target)) return { state, effects: [] }
      const targets = [...session.targets, observation.target]
      return { state: withSession(state, { ...session, targets }), effects: [] }
    }
    case 'identified': {
      const session = state.sessions[observation.shopper]
      if (session === undefined) return { state, effects: [] }
      const { account, staff } = observation
      const identified = { ...session, account, staff }
      const belief = join(state.belief, cartOf(holderOf(session)), cartOf(holderOf(identified)))
      return { state: withSession({ ...state, belief }, identified), effects: [] }
    }
    case 'stooped':
      return stooped(catalogue, state, observation)
    case 'shelf-change':
      return shelfChanged(catalogue, state, observation)
    case 'product-seen':
      return productSeen(catalogue, state, observation)
    case 'decided':
      return decided(catalogue, state, observation)
    case 'said-late':
      return saidLate(catalogue, state, observation)
    case 'late-settled': {
      const late = state.late.filter(({ id }) => id !== observation.lateCase)
      return { state: { ...state, late }, effects: [] }
    }
    case 'left':
      return left(catalogue, policy, state, observation.shopper, observation.ts)
  }
}

/** At the end of a recording: what is still open, by what is most likely. */
export function finalEvents(state: EngineState): Effect[] {
  return eventsOf(state, settleAll(state.belief))
}

function withSession(state: EngineState, session: Session): EngineState {
  return { ...state, sessions: { ...state.sessions, [session.shopper]: session } }
}

function shelfChanged(catalogue: Catalogue, state: EngineState, change: ShelfChange): Stepped {
  const id = changeId(state.changes)
  const actors = actorsOf(reachOfHolders(state, change), change.cells.length)
  const weigh = weighing(catalogue, state.learned)
  const ways = partings(weigh, change.cells)
  const holders = [...new Set(Object.values(state.sessions).map(holderOf))]
  const owners = ownersOf(state.belief, holders, change)
  const concerned = { ...concernedBy(catalogue, change, actors, owners), presents: presentsFor(ways, actors) }
  const { belief, settled } = update(state.belief, id, concerned, (contents) =>
    explain({ catalogue, weigh }, ways, actors, contents, owners),
  )
  const opened = { ts: change.ts, from: change.from, to: change.to, ...cellsOf(change), hands: handsOf(actors) }
  const open = { ...state.open, [id]: opened }
  const pictures = state.pictures.filter((picture) => isAbout(picture, opened))
  const explained = { ...state, belief, open, changes: state.changes + 1 }
  const once = countedOnce(explained, id, settled)
  return look(catalogue, { ...explained, belief: once.belief }, pictures, [id], once.settled)
}

/** A hand that is counted for another change of the same moment speaks for its owner once. */
function countedOnce({ open, belief }: EngineState, id: string, settled: readonly Settled[]): Revised {
  const hands = open[id]?.hands ?? {}
  return sameMoment(open, id).reduce<Revised>(
    (before, other) => {
      const after = reweigh(before.belief, [id, other], (one = [], two = []) =>
        countedTwice(hands, open[other]?.hands ?? {}, one, two),
      )
      return { belief: after.belief, settled: [...before.settled, ...after.settled] }
    },
    { belief, settled: [...settled] },
  )
}

type Stooped = Extract<Observation, { kind: 'stooped' }>

/** A thing that somebody holds may lie on the floor now: nobody owes it. */
function stooped(catalogue: Catalogue, state: EngineState, { shopper, busy }: Stooped): Stepped {
  const session = state.sessions[shopper]
  if (session === undefined) return { state, effects: [] }
  const place = cartOf(holderOf(session))
  const concerned = { places: [place], grams: anyGrams }
  const { belief, settled } = update(state.belief, changeId(state.changes), concerned, (contents) =>
    leftBehind(place, contents(place), busy === true),
  )
  return closing(catalogue, { ...state, belief, changes: state.changes + 1 }, settled)
}

function cellsOf({ cells }: ShelfChange) {
  return { cells: cells.map(({ cell }) => cell), grams: cells.map(({ deltaGrams }) => deltaGrams) }
}

/** The id of the latest change, when it is so unsure that a person may have to look at it. */
export function latestDoubt({ changes, open, belief }: EngineState): string | null {
  const id = changeId(changes - 1)
  return id in open && isDoubted(belief, id) ? id : null
}

function changeId(index: number): string {
  return String(index).padStart(9, '0')
}

function productSeen(catalogue: Catalogue, state: EngineState, picture: ProductSeen): Stepped {
  const changes = Object.keys(state.open).filter((id) => isAbout(picture, state.open[id]))
  return look(catalogue, { ...state, pictures: keepPicture(state.pictures, picture) }, [picture], changes, [])
}

/** Weighs pictures of open changes. */
function look(
  catalogue: Catalogue,
  state: EngineState,
  pictures: readonly ProductSeen[],
  changes: readonly string[],
  settled: readonly Settled[],
): Stepped {
  let { belief } = state
  const all = [...settled]
  for (const picture of pictures)
    for (const change of changes) {
      const seen = reweigh(belief, [change], (acts = []) => pictureLogLikelihood(picture, acts))
      belief = seen.belief
      all.push(...seen.settled)
    }
  return closing(catalogue, { ...state, belief }, all)
}

/** Whose cart it may concern; of several companions who could have reached, the likeliest counts. */
function reachOfHolders(state: EngineState, { reach }: ShelfChange): Actor[] {
  const best = Math.max(...reach.flatMap(({ logOdds }) => logOdds))
  const byHolder = new Map<string, Actor>()
  for (const { shopper, logOdds, stays = false } of reach) {
    const session = state.sessions[shopper]
    if (session === undefined || Math.max(...logOdds) <= best - hopelessLogOdds) continue
    const holder = holderOf(session)
    const known = byHolder.get(holder)
    const most = logOdds.map((odds, i) => Math.max(odds, known?.logOdds[i] ?? odds))
    byHolder.set(holder, { holder, staff: session.staff, logOdds: most, stays: stays || known?.stays === true })
  }
  return [...byHolder.values()]
}

/** Turns settled changes into events and forgets them. */
function closing(catalogue: Catalogue, state: EngineState, settled: readonly Settled[]): Stepped {
  if (settled.length === 0) return { state, effects: [] }
  const effects = eventsOf(state, settled)
  const open = { ...state.open }
  for (const { change } of settled) delete open[change]
  const staff = new Set(Object.values(state.sessions).flatMap((one) => (one.staff ? [holderOf(one)] : [])))
  const learned = learn(state.learned, catalogue, settled, (holder) => holder !== null && staff.has(holder))
  return { state: { ...state, open, learned }, effects }
}

function eventsOf(state: EngineState, settled: readonly Settled[]): Effect[] {
  return settled.flatMap(({ change, acts, probability }) =>
    acts.flatMap(({ kind, sku, quantity, cells, holder }): Effect[] => {
      if (sku === null) return []
      const ts = Math.round(state.open[change]?.ts ?? 0)
      const confidence = Math.round(probability * 1e4) / 1e4
      return [
        {
          kind: 'event',
          event: { ts, kind, sku, quantity, cells: [...cells], shopper: nameOf(state, holder), confidence },
        },
      ]
    }),
  )
}

function left(catalogue: Catalogue, policy: ReceiptPolicy, state: EngineState, shopper: string, ts: number): Stepped {
  const session = state.sessions[shopper]
  if (session === undefined) return { state, effects: [] }
  const { [shopper]: _, ...sessions } = state.sessions
  const holder = holderOf(session)
  const gone = [...(state.trips[holder] ?? []), session]
  if (Object.values(sessions).some((other) => holderOf(other) === holder))
    return { state: { ...state, sessions, trips: { ...state.trips, [holder]: gone } }, effects: [] }
  const { [holder]: __, ...trips } = state.trips
  const bills = session.staff ? [] : [toBill(catalogue, policy, state, gone, ts)]
  const { late, past, effects: noted } = withBills(state, gone, bills)
  const reviewed = underReview(state, cartOf(holder), bills)
  const closed = forgetting(catalogue, reviewed.state, sessions, [cartOf(holder), ...reviewed.dropped])
  const weighing = withoutIdleCases(catalogue, closed.state, sessions)
  const effects = [...closed.effects, ...weighing.effects, ...bills, ...noted]
  return { state: { ...weighing.state, sessions, trips, late, past }, effects }
}

/** What a reviewer will decide about stays among what is weighed. Also gives the places of cases too old for that. */
function underReview(state: EngineState, cart: PlaceKey, bills: readonly TripBill[]) {
  const [bill] = bills
  if (bill === undefined || bill.findings === null) return { state, dropped: [] }
  const one = { tripId: bill.tripId, ts: bill.endedAt }
  const { belief, cases, dropped } = openCase(state.belief, state.cases, cart, one)
  return { state: { ...state, belief, cases }, dropped: dropped.map(({ tripId }) => receiptOf(tripId)) }
}

/** Receipts that are no evidence about anybody any more cost every change its time. */
function withoutIdleCases(catalogue: Catalogue, state: EngineState, inside: EngineState['sessions']): Stepped {
  const idle = idleCases(state.belief, state.cases)
  const cases = state.cases.filter((one) => !idle.includes(one))
  const places = idle.map(({ tripId }) => receiptOf(tripId))
  return forgetting(catalogue, { ...state, cases }, inside, places)
}

/** Forgets places that no longer matter, with the changes that concern only who is not inside. */
function forgetting(
  catalogue: Catalogue,
  state: EngineState,
  inside: EngineState['sessions'],
  places: readonly PlaceKey[],
): Stepped {
  let { belief } = state
  const all: Settled[] = []
  for (const place of places) {
    const forgotten = forget(belief, place, isOpenFor(inside))
    belief = forgotten.belief
    all.push(...forgotten.settled)
  }
  return closing(catalogue, { ...state, belief }, all)
}

function isOpenFor(inside: EngineState['sessions']): (holder: string) => boolean {
  const holders = new Set(Object.values(inside).flatMap((other) => (other.staff ? [] : [holderOf(other)])))
  return (holder) => holders.has(holder)
}

function decided(catalogue: Catalogue, state: EngineState, decision: Decided): Stepped {
  const { belief, settled } = weighDecision(state.belief, decision)
  const cases = state.cases.filter(({ tripId }) => tripId !== decision.tripId)
  const weighed = closing(catalogue, { ...state, belief, cases }, settled)
  const closed = forgetting(catalogue, weighed.state, weighed.state.sessions, [receiptOf(decision.tripId)])
  return { state: closed.state, effects: [...weighed.effects, ...closed.effects] }
}

function toBill(
  catalogue: Catalogue,
  policy: ReceiptPolicy,
  state: EngineState,
  sessions: readonly Session[],
  endedAt: number,
): TripBill {
  const inOrder = [...sessions].sort((a, b) => a.enteredAt - b.enteredAt)
  const first = inOrder[0]
  const account = first?.account ?? null
  const targets = [...new Set(inOrder.flatMap((session) => session.targets))]
  const shopper = account ?? targets[0] ?? ''
  const startedAt = first?.enteredAt ?? endedAt
  const held = first === undefined ? [] : heldBy(state, first)
  const late = doubtsOf(state, sessions)
  const { currency, products } = offeredIn(catalogue.offers, startedAt, Infinity)
  const weighed = toReceipt(products, held, policy)
  const receipt = late.length === 0 ? weighed : { ...weighed, status: 'review' as const }
  const called = (holder: string | null) => nameOf(state, holder)
  const possible = () => (first === undefined ? [] : contentsOf(state.belief, cartOf(holderOf(first))))
  return {
    kind: 'bill',
    tripId: `${catalogue.storeId}.${Math.round(startedAt)}.${first?.shopper ?? ''}`,
    shopper,
    aliases: targets.filter((target) => target !== shopper),
    account,
    // A clock that was set back meanwhile makes nobody leave before they came.
    startedAt: Math.round(Math.min(startedAt, endedAt)),
    endedAt: Math.round(endedAt),
    currency,
    receipt,
    findings: receipt.status === 'review' ? { ...findingsOf(possible(), state.open, called), late } : null,
    checkedAt: null,
  }
}

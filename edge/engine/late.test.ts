import { describe, expect, it } from 'vitest'
import { catalogueOf } from '../core.ts'
import { store, t0 } from '../fixture.ts'
import type { Observation, SaidLate } from '../observations.ts'
import { type Effect, initialState, step, type TripBill } from './engine.ts'
import { defaultPolicy } from './receipt.ts'

const minuteMs = 60_000
const catalogue = catalogueOf(store)

function fold(observations: readonly Observation[]) {
  let state = initialState
  const effects: Effect[] = []
  for (const observation of observations) {
    const stepped = step(catalogue, defaultPolicy, state, observation)
    state = stepped.state
    effects.push(...stepped.effects)
  }
  const bills = effects.filter((effect): effect is TripBill => effect.kind === 'bill')
  const cases = effects.flatMap((effect) => (effect.kind === 'late' ? [effect.noted] : []))
  return { state, bills, cases, latest: cases.at(-1) ?? expect.fail() }
}

const entered = (shopper: string, at: number, staff = false): Observation => {
  return { kind: 'entered', ts: t0 + at, shopper, target: shopper, position: [5, -2], staff }
}
const left = (shopper: string, at: number): Observation => ({ kind: 'left', ts: t0 + at, shopper })
/** Five minutes late: what somebody did at the cola after a minute. */
const said = (deltaGrams: number, more: Partial<SaidLate> = {}): SaidLate => ({
  kind: 'said-late',
  ts: t0 + 6 * minuteMs,
  shelf: 'a',
  cells: [{ cell: 'p3', ts: t0 + minuteMs, deltaGrams, sdGrams: 2 }],
  happened: { from: t0 + minuteMs - 300, to: t0 + minuteMs },
  near: ['anna'],
  unseen: false,
  ...more,
})
const took = (shopper: string, at: number): Observation => ({
  kind: 'shelf-change',
  ts: t0 + at,
  from: t0 + at - 200,
  to: t0 + at,
  shelf: 'a',
  cells: [{ cell: 'p3', ts: t0 + at, deltaGrams: -350, sdGrams: 1 }],
  reach: [{ shopper, logOdds: [4] }],
})
const inside = [entered('anna', 0), entered('bo', 0), entered('marta', 0, true)]

describe('step()', () => {
  it('says what it likely was that was said late, and changes no cart', () => {
    const { state, latest } = fold([...inside, said(-351)])
    expect(latest).toMatchObject({ shelf: 'a', count: 1 })
    const [change] = latest.changes
    expect(change?.ways[0]).toMatchObject({ acts: [{ kind: 'pick', sku: 'cola', quantity: 1 }] })
    expect(change?.ways[0]?.probability).toBeGreaterThan(0.8)
    expect(change?.people).toEqual([{ shopper: 'anna', tripId: null }])
    expect(state.belief).toEqual(initialState.belief)
  })

  it('sends the bill of whoever stood near to review, says why, and names it in the case; the others are final', () => {
    const { bills, latest } = fold([...inside, said(-351), left('anna', 7 * minuteMs), left('bo', 7 * minuteMs)])
    const [anna, bo] = bills
    expect(anna).toMatchObject({ receipt: { status: 'review', lines: [] }, findings: { late: [latest.id] } })
    expect(bo).toMatchObject({ receipt: { status: 'final' }, findings: null })
    expect(latest.changes[0]?.people).toEqual([{ shopper: 'anna', tripId: anna?.tripId }])
  })

  it('names the bill of who has left already, and leaves it as it is', () => {
    const { bills, latest } = fold([...inside, left('anna', 2 * minuteMs), said(-351)])
    expect(bills).toMatchObject([{ receipt: { status: 'final' } }])
    expect(latest.changes[0]?.people).toEqual([{ shopper: 'anna', tripId: bills[0]?.tripId }])
  })

  it('means everybody who was inside where nobody looked, but staff and who came later', () => {
    const all = [...inside, entered('carla', 3 * minuteMs), said(-351, { near: [], unseen: true })]
    expect(fold(all).latest.changes[0]?.people.map(({ shopper }) => shopper)).toEqual(['anna', 'bo'])
  })

  it('means nobody where nobody knows when it was', () => {
    expect(fold([...inside, said(-351, { happened: null, near: [] })]).latest.changes[0]?.people).toEqual([])
  })

  it('makes no shopper answer for a shelf that is filled, and asks about what may have been put back', () => {
    const filled = fold([...inside, said(1051), left('anna', 7 * minuteMs)])
    expect(filled.latest.changes[0]).toMatchObject({ people: [], ways: [{ acts: [{ kind: 'put', sku: 'cola' }] }] })
    expect(filled.bills[0]?.receipt.status).toBe('final')
    const back = fold([...inside, took('anna', 30_000), said(351), left('anna', 7 * minuteMs)])
    expect(back.latest.changes[0]?.people).toMatchObject([{ shopper: 'anna' }])
    expect(back.bills[0]?.receipt.status).toBe('review')
  })

  it('keeps one open case a shelf, whatever comes, and a new one once it is closed', () => {
    const flood = Array.from({ length: 500 }, (_, i) => said(-351, { ts: t0 + 6 * minuteMs + i }))
    const { state, latest } = fold([...inside, ...flood])
    expect(state.late).toHaveLength(1)
    expect(latest.count).toBe(500)
    expect(latest.changes).toHaveLength(50)
    const settled: Observation = {
      kind: 'late-settled',
      ts: t0 + 7 * minuteMs,
      lateCase: latest.id,
      outcome: 'nobody-pays',
      tripId: null,
      reviewer: 'marta',
    }
    const after = fold([...inside, said(-351), { ...settled, lateCase: fold([said(-351)]).latest.id }])
    expect(after.state.late).toEqual([])
    const again = fold([...inside, ...flood, settled, said(-351, { ts: t0 + 8 * minuteMs })])
    expect(again.latest.id).not.toBe(latest.id)
    expect(again.latest.count).toBe(1)
  })

  it('leaves bills alone once the case is closed', () => {
    const { latest } = fold([...inside, said(-351)])
    const outcome = { outcome: 'no-goods' as const, tripId: null, reviewer: 'marta' }
    const settled: Observation = { kind: 'late-settled', ts: t0 + 7 * minuteMs, lateCase: latest.id, ...outcome }
    const { bills } = fold([...inside, said(-351), settled, left('anna', 8 * minuteMs)])
    expect(bills).toMatchObject([{ receipt: { status: 'final' }, findings: null }])
  })
})

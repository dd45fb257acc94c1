import { describe, expect, it } from 'vitest'
import type { SensorEvent } from '../events.ts'
import { play, store, t0 } from '../fixture.ts'
import type { SaidLate } from '../observations.ts'
import { createSensing, newSensingState } from './sensing.ts'

const minuteMs = 60_000
type Late = Extract<SensorEvent, { kind: 'late-change' }>

function late(at: number, cell: string, deltaGrams: number, more: Partial<Late> = {}): Late {
  const ts = t0 + 5 * minuteMs
  const times = { from: t0 + at - 300, to: t0 + at }
  return {
    kind: 'late-change',
    device: 'g1',
    ts,
    cell,
    deltaGrams,
    sdGrams: 2,
    ...times,
    told: `b1 ${at}`,
    isTimeKnown: true,
    ...more,
  }
}

/** Anna stands at the plates for ten seconds, Bo three metres away. */
const visit = play({
  durationMs: 20_000,
  people: [
    { id: 'anna', x: 0.3, from: 2000, to: 12_000 },
    { id: 'bo', x: 3.5 },
  ],
})

function heard(events: readonly SensorEvent[], until = 6 * minuteMs) {
  const sensing = createSensing(store, newSensingState())
  const all = events.flatMap((event) => sensing.accept(event))
  const said = [...all, ...sensing.advance(t0 + until)].filter((one): one is SaidLate => one.kind === 'said-late')
  return { sensing, said }
}

describe('createSensing()', () => {
  it('says what was said late, when it was, and who stood near then', () => {
    const { said } = heard([...visit, late(5000, 'p3', -351)])
    expect(said).toMatchObject([
      { shelf: 'a', ts: t0 + 5 * minuteMs, near: ['anna'], unseen: false, cells: [{ cell: 'p3' }] },
    ])
    expect(said[0]?.cells[0]?.deltaGrams).toBeCloseTo(-351, 0)
    expect(Math.abs((said[0]?.happened?.to ?? 0) - t0 - 5000)).toBeLessThan(500)
  })

  it('names nobody who stood there at another time, and says where nobody looked', () => {
    expect(heard([...visit, late(17_000, 'p3', -351)]).said[0]).toMatchObject({ near: [], unseen: false })
    expect(heard([...visit, late(3 * minuteMs, 'p3', -351)]).said[0]).toMatchObject({ near: [], unseen: true })
    expect(heard([late(5000, 'p3', -351)]).said[0]).toMatchObject({ unseen: true })
  })

  it('waits until the shelf has said all, reads a package over two plates as one, and a hand as nothing', () => {
    const package2 = [late(5000, 'p1', -300), late(5000, 'p2', -238, { ts: t0 + 5 * minuteMs + 3000 })]
    const hand = [late(8000, 'p4', 39), late(9000, 'p4', -39)]
    expect(heard([...visit, ...package2], 5 * minuteMs + 7000).said).toEqual([])
    const { said } = heard([...visit, ...package2.slice(0, 1), ...hand, ...package2.slice(1)])
    expect(said.map(({ cells }) => cells.map(({ cell }) => cell))).toEqual([['p1', 'p2']])
  })

  it.each([
    [5000, ['shelf-change']],
    [30_000, ['said-late']],
  ])('says of readings after %i ms without any what nobody can be blamed for', (gapMs, expected) => {
    const people = [{ id: 'anna', x: 0.3, to: 15_000 }]
    const events = play({ durationMs: 15_000 + gapMs, changes: [[11_000, 'p3', -351]], people }).filter(
      ({ kind, ts }) => kind !== 'weight' || ts < t0 + 10_000 || ts > t0 + 10_000 + gapMs,
    )
    const { sensing } = heard([])
    const all = [...events.flatMap((event) => sensing.accept(event)), ...sensing.finish()]
    const changes = all.filter(({ kind }) => kind === 'said-late' || kind === 'shelf-change')
    expect(changes.map(({ kind }) => kind)).toEqual(expected)
    if (gapMs === 30_000) expect(changes).toMatchObject([{ near: ['anna'], unseen: false }])
  })

  it('believes no time of a clock that cannot be believed', () => {
    const wrong = { isTimeKnown: false, from: 900, to: 1200 }
    expect(heard([...visit, late(5000, 'p3', -351, wrong)]).said).toMatchObject([{ happened: null, near: [] }])
  })

  it('knows a message again that it took before, late or in time, in this process or the one before', () => {
    const told = 'b1 7'
    const inTime: SensorEvent = { ...late(15_000, 'p3', -351), kind: 'weight-change', ts: t0 + 15_100, told }
    const { sensing, said } = heard([...visit.slice(0, 300), inTime, late(15_000, 'p3', -351, { told })])
    expect(said).toEqual([])
    const again = createSensing(store, structuredClone(sensing.state))
    again.accept(late(15_000, 'p3', -351, { told, ts: t0 + 7 * minuteMs }))
    again.accept(late(16_000, 'p3', -351, { told: 'b1 8', ts: t0 + 7 * minuteMs }))
    expect(again.advance(t0 + 8 * minuteMs).filter(({ kind }) => kind === 'said-late')).toHaveLength(1)
  })

  it('keeps no more than so much of a shelf that goes on and on', () => {
    const flood = Array.from({ length: 5000 }, (_, i) =>
      late(1000 * i - 6_000_000, `p${1 + (i % 6)}`, i % 12 < 6 ? -300 : 300, {
        ts: t0 + 5 * minuteMs + 50 * i,
        told: `b1 ${i}`,
      }),
    )
    const { sensing, said } = heard([...visit, ...flood], 12 * minuteMs)
    expect(said.length).toBeGreaterThan(1000)
    expect(Object.values(sensing.state.late.known).map(({ length }) => length)).toEqual([32, 32, 32, 32, 32, 32])
    expect(sensing.state.late.waiting).toEqual({})
  })
})

import { describe, expect, it } from 'vitest'
import type { CellDelta } from '../observations.ts'
import { actsOf, readingsOf } from './readings.ts'

function delta(cell: string, ts: number, deltaGrams: number, heldMs?: number): CellDelta {
  return { cell, ts, deltaGrams, sdGrams: 0.5, ...(heldMs === undefined ? {} : { heldMs }) }
}
/** Of each reading the weights that things had, and those of hands. */
const said = (cells: readonly CellDelta[]) =>
  readingsOf(cells).map(({ deltas, leans }) => ({
    things: deltas.map(({ deltaGrams }) => Math.round(deltaGrams)),
    hands: leans.map(({ pressedGrams, boreGrams }) => Math.round(pressedGrams - boreGrams)),
  }))

describe('readingsOf()', () => {
  it('has one reading of what settled', () => {
    expect(said([delta('p1', 0, -300), delta('p2', 0, -238)])).toEqual([{ things: [-300, -238], hands: [] }])
  })

  it('takes a level between two changes of a plate for a thing, or for a hand that leaves nothing', () => {
    expect(said([delta('p3', 0, 351, 900), delta('p3', 1000, -350)])).toEqual([
      { things: [351, -350], hands: [] },
      { things: [], hands: [350] },
    ])
  })

  it('adds up what is left of a way without a hand', () => {
    expect(said([delta('p3', 0, 500, 900), delta('p3', 1000, -851)])).toEqual([
      { things: [500, -851], hands: [] },
      { things: [-351], hands: [500] },
    ])
  })

  it('takes what two plates show at the same time for one hand', () => {
    const cells = [delta('p1', 0, 60, 900), delta('p1', 1000, -60), delta('p2', 50, 90, 900), delta('p2', 1000, -90)]
    expect(said(cells).map(({ hands }) => hands)).toEqual([[], [150]])
  })

  it('takes what a hand that leans goes through for one hand, and tells what it bore', () => {
    const cells = [
      delta('p3', 0, 430, 100),
      delta('p3', 300, -280, 300),
      delta('p3', 900, 200, 100),
      delta('p3', 5000, -750),
    ]
    const plain = readingsOf(cells).find((one) => one.plain)
    expect(plain?.leans).toMatchObject([{ pressedGrams: 430, boreGrams: 0, wobbles: 2, from: 0, to: 3 }])
    expect(said([delta('p3', 0, -350, 300), delta('p3', 600, 352)]).at(-1)).toEqual({ things: [], hands: [-350] })
  })

  it('trusts the height of a brief level less than the rest, and not the hands in it', () => {
    const [kept, gone] = readingsOf([delta('p3', 0, 400, 100), delta('p3', 100, -401)])
    expect(kept?.deltas.map(({ deltaGrams }) => Math.round(deltaGrams))).toEqual([350, -351])
    expect(kept?.deltas.every(({ sdGrams }) => sdGrams > 40)).toBe(true)
    expect(gone?.deltas).toEqual([])
  })

  it('finds nothing impossible, however unsure a scale is of what it says', () => {
    for (const sdGrams of [30, 1e5]) {
      const cells = [delta('p3', 0, 80, 900), delta('p3', 1000, -60)].map((one) => ({ ...one, sdGrams }))
      for (const { logStill } of readingsOf(cells)) expect(logStill).toBeGreaterThan(-40)
    }
  })

  it('has no more than 16 readings, whatever a plate went through', () => {
    const cells = Array.from({ length: 8 }, (_, i) => delta('p3', 500 * i, i % 2 === 0 ? 100 + i : -100 - i, 400))
    expect(readingsOf(cells)).toHaveLength(16)
  })
})

describe('actsOf()', () => {
  const acts = (cells: readonly CellDelta[]) =>
    readingsOf(cells).flatMap((one) => actsOf(one).map((way) => way.acts))[0]

  it('keeps apart what rose and what fell, and what changed later', () => {
    const cells = [delta('p2', 0, -270), delta('p3', 100, 351, 800), delta('p3', 1000, -350)]
    expect(acts(cells)).toEqual([[0], [1], [2]])
  })

  it('keeps together what went the same way on plates side by side', () => {
    const cells = [delta('p1', 0, -270), delta('p2', 100, -268), delta('p3', 100, 351, 800), delta('p3', 900, -351)]
    expect(acts(cells)).toEqual([[0, 1], [2], [3]])
  })

  it('never bridges a plate on which only a hand was', () => {
    const hand = [delta('p2', 0, 90, 400), delta('p2', 500, -90)]
    const readings = readingsOf([delta('p1', 0, -270), ...hand, delta('p3', 0, -350)])
    const plain = readings.find(({ plain }) => plain)
    expect(plain?.deltas.map(({ cell }) => cell)).toEqual(['p1', 'p3'])
    expect(plain === undefined ? [] : actsOf(plain).map((way) => way.acts)).toEqual([[[0], [1]]])
  })
})

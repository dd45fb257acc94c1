/** One real shopper in a real shop: the recording's README says what the bill must be. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openRecording } from '../gateway/replay/recording.ts'
import { replay } from '../gateway/replay/replay.ts'
import { parseTruth } from '../models/contracts/recording.ts'

const folder = resolve(import.meta.dirname, '../../shared/data/aifi-benchmark-1')

function truth() {
  if (!existsSync(folder)) throw new Error(`${folder} is missing: this test needs the recording aifi-benchmark-1 there`)
  const parsed = parseTruth(JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')))
  if (!parsed.ok) throw new Error('truth.json breaks its schema')
  return parsed.value
}

describe('replay()', () => {
  it('bills the real shopper what they took, within 2 s of the step, and the same again', async () => {
    const { shoppers, events } = truth()
    const first = await replay(openRecording(folder))
    expect(
      first.bills.map(({ shopper, items }) => [shopper, items.map(({ sku, quantity }) => ({ sku, quantity }))]),
    ).toEqual(Object.entries(shoppers).map(([id, { items }]) => [id, items]))
    expect(first.bills[0]?.status).toBe('final')
    expect(first.events).toHaveLength(1)
    expect(first.events[0]).toMatchObject({ kind: 'pick', cells: events[0]?.cells, sku: events[0]?.sku })
    expect(Math.abs((first.events[0]?.ts ?? 0) - (events[0]?.ts ?? 0))).toBeLessThan(2000)
    expect(first.stats.rejected).toBe(0)
    expect(JSON.stringify(await replay(openRecording(folder)))).toBe(JSON.stringify(first))
  })
})

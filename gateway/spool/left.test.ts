import { describe, expect, test } from 'vitest'
import { leftOf, processBegins } from './left.ts'
import { nameOf, type SpoolRecord } from './record.ts'

const topic = 'tillfree/1/s1/dev/g1/event/weight'
const message = (name: string, arrivedAt: number): SpoolRecord => ({
  kind: 'message',
  arrivedAt,
  topic,
  payload: Buffer.from(name),
})
const released = (watermark: number, ...awaiting: string[]): SpoolRecord => ({
  kind: 'released',
  watermark,
  awaiting: awaiting.map((name) => nameOf(topic, Buffer.from(name))),
})
const begins = (number: number): SpoolRecord => ({ kind: 'released', watermark: processBegins, awaiting: [number] })

/** Those that the engine had not been given. */
function notGiven(records: readonly SpoolRecord[], journalTime: number): string[] {
  return leftOf(records, journalTime).flatMap(({ message: { body }, wasGiven }) =>
    wasGiven || body.kind !== 'bytes' ? [] : [Buffer.from(body.bytes).toString()],
  )
}

describe('leftOf()', () => {
  test('takes what a failed write left unsynced, and was written again, for no other process', () => {
    // At 100 a was not given yet; from 200 on it was, and all from there on stands twice.
    const again = [released(200), message('b', 210), released(300)]
    expect(notGiven([message('a', 90), released(100, 'a'), ...again, ...again, released(400)], 100)).toEqual([
      'a',
      'b',
      'b',
    ])
  })

  test('takes what stands twice from where a process begins for what it is, too', () => {
    const all = [begins(3), released(100, 'a'), released(200), message('b', 210), released(300)]
    expect(notGiven([message('a', 90), ...all, ...all], 100)).toEqual(['a', 'b', 'b'])
  })

  test('knows another process, though it begins where the one before has been, with the same words', () => {
    const before = [begins(1), released(100), released(200), message('a', 190), released(300)]
    // It begins at 100 again, and gives a at 150; the journal does not get as far.
    const after = [begins(2), released(100, 'a'), released(150)]
    expect(notGiven([...before, ...after], 100)).toEqual(['a'])
    expect(notGiven([...before, begins(2), released(100), message('b', 110), released(150)], 100)).toEqual(['b'])
  })

  test('goes by the process before, where a power cut left no more of the latest than that it began', () => {
    const before = [begins(1), released(100), released(200), message('a', 190)]
    expect(notGiven([...before, begins(2)], 100)).toEqual(['a'])
    expect(notGiven([...before, begins(2), begins(2), released(100, 'a'), released(200)], 200)).toEqual([])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dueAt, openingState, type StreamEvent, type StreamState, streamTurn } from './stream-state.ts'

/** Lets the stream run from event to event; the words that were said and what was done, by their time. */
function run(events: readonly (readonly [at: number, event: StreamEvent])[], chance = 1) {
  let state = openingState(0)
  const said: string[] = []
  const done: string[] = []
  for (const [at, event] of events) {
    const turn = streamTurn(state, event, at, chance)
    state = turn.state
    if (turn.word !== null) said.push(turn.word)
    if (turn.act !== null) done.push(`${at} ${turn.act}`)
  }
  return { state, said, done }
}

const frame: StreamEvent = { kind: 'frame' }
const due: StreamEvent = { kind: 'due' }
const refused: StreamEvent = { kind: 'ended', why: 'connection refused' }

describe('streamTurn()', () => {
  it('is live with the first picture, and says so once', () => {
    const { state, said } = run([
      [900, frame],
      [1000, frame],
    ])
    expect(state).toMatchObject({ phase: 'live', since: 900, lastFrameAt: 1000 })
    expect(said).toEqual(['pictures come'])
  })

  it('closes a stream that stalls, waits, and opens it again', () => {
    const { said, done } = run([
      [900, frame],
      [5899, due],
      [5900, due],
      [6000, { kind: 'ended', why: 'killed' }],
      [6899, due],
      [6900, due],
    ])
    expect(done).toEqual(['5900 close', '6900 open'])
    expect(said).toEqual(['pictures come', 'no pictures: no picture came for 5 s; next try in 1 s'])
  })

  it('gives up an opening that brings no picture', () => {
    expect(run([[20_000, due]]).done).toEqual(['20000 close'])
  })

  it('waits twice as long after each failure up to a minute, and says the same reason once', () => {
    let state: StreamState = openingState(0)
    let at = 0
    const waits: number[] = []
    const words: (string | null)[] = []
    for (let i = 0; i < 9; i += 1) {
      const turn = streamTurn(state, refused, at, 1)
      waits.push((dueAt(turn.state) - at) / 1000)
      words.push(turn.word)
      at = dueAt(turn.state)
      state = streamTurn(turn.state, due, at, 1).state
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
    expect(words.filter((word) => word !== null)).toEqual(['no pictures: connection refused; next try in 1 s'])
    expect(streamTurn(state, { kind: 'ended', why: '401 Unauthorized' }, at, 0).word).toContain('401')
  })

  it('forgets failures once a stream has held for half a minute, not before', () => {
    const failed = streamTurn(openingState(0), refused, 0, 1).state
    const opened = streamTurn(failed, due, 1000, 1).state
    const live = streamTurn(opened, frame, 1000, 1).state
    expect(dueAt(streamTurn(live, refused, 2000, 1).state)).toBe(4000)
    expect(dueAt(streamTurn(live, refused, 31_000, 1).state)).toBe(32_000)
  })

  it('always has a time at which it goes on, and waits no longer than a minute', () => {
    const events = fc.array(
      fc.tuple(fc.nat(40_000), fc.constantFrom(frame, due, refused), fc.double({ min: 0, max: 1, noNaN: true })),
    )
    fc.assert(
      fc.property(events, (list) => {
        let state = openingState(0)
        let at = 0
        for (const [wait, event, chance] of list) {
          at += wait
          state = streamTurn(state, event, at, chance).state
          expect(dueAt(state) - at).toBeLessThanOrEqual(60_000)
          if (state.phase === 'waiting') expect(streamTurn(state, due, state.until, chance).act).toBe('open')
        }
      }),
    )
  })
})

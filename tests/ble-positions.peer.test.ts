/** Real Bluetooth readings: a tag carried through a hall, heard by twelve receivers; an optical system knows where it was. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Beacons,
  beaconOwners,
  hear,
  newBeacons,
  receiverPositions,
  type Step,
  walkBy,
  windowOf,
} from '../edge/sensing/beacons.ts'
import { carrierLogOdds } from '../edge/sensing/carrier.ts'
import { openRecording } from '../gateway/replay/recording.ts'
import type { Envelope } from '../models/contracts/messages.ts'
import type { Position } from '../models/contracts/units.ts'

const folder = resolve(import.meta.dirname, '../../shared/data/ble-positions')
const beacon = { kind: 'ibeacon', uuid: 'tag', major: 0, minor: 0 }
const owners = beaconOwners([{ id: 'tag', codes: [], beacon }])
/** On the walls of the hall, as in a shop's corners. */
const fourReceivers = ['sensor11', 'sensor12', 'sensor32', 'sensor42']
/** Odds of 199 to 1, as a tie needs. */
const surely = Math.log(199)
const stretchMs = 56_000

interface Place {
  readonly ts: number
  readonly x: number
  readonly y: number
}

interface Walk {
  readonly places: readonly Place[]
  readonly heard: readonly { readonly receiver: string; readonly ts: number; readonly rssi: number }[]
  readonly receivers: ReadonlyMap<string, Position>
}

let walks: Walk[] = []

async function readWalk(name: string): Promise<Walk> {
  const recording = openRecording(join(folder, name))
  const heard: { receiver: string; ts: number; rssi: number }[] = []
  for await (const line of recording.lines()) {
    if (!('topic' in line) || !line.topic.endsWith('/event/adv')) continue
    const { ts, data } = line.json as Envelope<'event/adv'>
    for (const { rssi } of data.advs) heard.push({ receiver: line.topic.split('/')[4] ?? '', ts, rssi })
  }
  const { positions } = JSON.parse(readFileSync(join(folder, name, 'positions.json'), 'utf8')) as { positions: Place[] }
  return { places: positions, heard, receivers: receiverPositions(recording.store) }
}

/** What is heard of the tag from one time to another, by all receivers or by those named. */
function listen({ heard, receivers }: Walk, from: number, to: number, only: readonly string[] | null): Beacons {
  const beacons = newBeacons()
  for (const { receiver, ts, rssi } of heard) {
    const position = receivers.get(receiver)
    if (position === undefined || ts < from || ts >= to || only?.includes(receiver) === false) continue
    hear(beacons, { id: receiver, position }, owners, [{ address: '', rssi, beacon }], ts)
  }
  return beacons
}

/** Errors in metres of the mean place by one window's readings alone, sorted. */
function errorsOf(only: readonly string[] | null): number[] {
  return walks
    .flatMap((walk) => {
      const { heard, receivers } = listen(walk, 0, Number.POSITIVE_INFINITY, only)
      return (heard.tag ?? []).flatMap((hearing) => {
        const grid = Array.from({ length: 42 * 36 }, (_, i) => ({ x: (i % 42) / 2, y: Math.floor(i / 42) / 2 }))
        const weights = grid.map(({ x, y }) =>
          Math.exp(carrierLogOdds([hearing], receivers, [{ window: hearing.window, x, y, count: 1 }])),
        )
        const total = weights.reduce((sum, weight) => sum + weight, 0)
        const mean = (of: (place: { x: number; y: number }) => number) =>
          grid.reduce((sum, place, i) => sum + of(place) * (weights[i] ?? 0), 0) / total
        const [x, y] = [mean((place) => place.x), mean((place) => place.y)]
        return walk.places
          .filter(({ ts }) => windowOf(ts) === hearing.window)
          .map((place) => Math.hypot(place.x - x, place.y - y))
      })
    })
    .sort((a, b) => a - b)
}

/** Somebody's steps during another's walk, as if both had begun at once; `lateMs` later. */
function stepsOf({ places }: Walk, during: Walk, from: number, to: number, lateMs: number): Step[] {
  const steps: Step[] = []
  const [begin, end] = [places[0]?.ts ?? 0, places.at(-1)?.ts ?? 0]
  for (let ts = from; ts < to; ts += 200) {
    const at = begin + ((ts - (during.places[0]?.ts ?? 0) + lateMs) % (end - begin))
    const place = places.find((other) => other.ts >= at)
    if (place !== undefined) walkBy(steps, ts, place.x, place.y)
  }
  return steps
}

/** Stretches of a minute: log odds of the one who carried the tag, and of eleven who walked elsewhere. */
function trials(only: readonly string[] | null): { right: number; others: number[] }[] {
  return walks.flatMap((walk) => {
    const found: { right: number; others: number[] }[] = []
    const end = walk.places.at(-1)?.ts ?? 0
    for (let from = walk.places[0]?.ts ?? 0; from + stretchMs <= end; from += 5000) {
      const { heard, receivers } = listen(walk, from, from + stretchMs, only)
      const oddsOf = (other: Walk, lateMs: number) =>
        carrierLogOdds(heard.tag ?? [], receivers, stepsOf(other, walk, from, from + stretchMs, lateMs))
      const others = walks.flatMap((other) =>
        [0, 23_000, 47_000].flatMap((lateMs) => (other === walk && lateMs === 0 ? [] : [oddsOf(other, lateMs)])),
      )
      found.push({ right: oddsOf(walk, 0), others })
    }
    return found
  })
}

const sum = (logs: readonly number[]) => Math.log(logs.reduce((total, log) => total + Math.exp(log), 0))

beforeAll(async () => {
  if (!existsSync(folder)) throw new Error(`${folder} is missing: these tests need the recordings ble-positions there`)
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'positions.json')))
  walks = await Promise.all(names.map(readWalk))
})

describe('carrierLogOdds()', () => {
  it.each([
    { receivers: null, median: 2.6, p90: 5.5 },
    { receivers: fourReceivers, median: 3.2, p90: 6.5 },
  ])('places a phone of unknown power by two seconds to $median m (median), $p90 m (9 of 10)', (expected) => {
    const errors = errorsOf(expected.receivers)
    expect(errors.length).toBeGreaterThan(500)
    expect(errors[Math.floor(0.5 * errors.length)]).toBeLessThan(expected.median)
    expect(errors[Math.floor(0.9 * errors.length)]).toBeLessThan(expected.p90)
  })

  it.each([{ receivers: null }, { receivers: fourReceivers }, { receivers: ['sensor10'] }])(
    'is never sure of the wrong one ($receivers)',
    ({ receivers }) => {
      const all = trials(receivers)
      const sureOf = ({ others }: { others: number[] }, seen: readonly number[]) =>
        others.some((odds, i) => odds - sum([0, ...seen, ...others.filter((_, j) => j !== i)]) > surely)
      expect(all.filter((trial) => sureOf(trial, [trial.right]))).toEqual([])
      // Seldom, too, when the one who carries it is not seen at all, and others walk the same way half a minute later.
      expect(all.filter((trial) => sureOf(trial, [])).length / all.length).toBeLessThan(0.15)
    },
  )

  it('is sure of the right one after 40 s, mostly, with twelve receivers', () => {
    const all = trials(null)
    const sure = all.filter(({ right, others }) => right - sum([0, ...others]) > surely)
    expect(sure.length / all.length).toBeGreaterThan(0.7)
  })
})

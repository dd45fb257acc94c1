import { expect, test } from 'vitest'
import { faultless, messagesOf, nobody, run, scenarioOf } from '../testing.ts'
import { truthOf } from '../truth.ts'

interface Seen {
  readonly targets: readonly { readonly id: string; readonly joints: Readonly<Record<string, readonly number[]>> }[]
}

const two = [
  'people:',
  '  - { name: Anna, arrives: 0, does: [{ take: Mints }, { wait: 60 }] }',
  '  - { name: Ben, arrives: 1, does: [{ take: Mints }, { wait: 60 }] }',
]
const open = 'shop: { entry: open }'

test('TrackIds keeps one id for each where nothing disturbs it', () => {
  const ran = run(scenarioOf(...nobody, ...faultless, open, ...two), 1)
  expect(truthOf(ran.simulation).shoppers).toMatchObject({ t1: { aliases: [] }, t2: { aliases: [] } })
})

test('TrackIds gives those it lost a new id and keeps the old ones in the truth', () => {
  const [network = ''] = faultless
  const lossy =
    'tracker: { lagSeconds: 0, lossesPerMinute: 20, newIdShare: 1, switchesPerMinute: 0, silencesPerHour: 0 }'
  const ran = run(scenarioOf(...nobody, network, open, lossy, ...two), 1)
  const { shoppers } = truthOf(ran.simulation)
  const known = Object.entries(shoppers).flatMap(([id, { aliases = [] }]) => [id, ...aliases])
  expect(known.length).toBeGreaterThan(6)
  expect(new Set(known).size).toBe(known.length)
  const frames = messagesOf(ran.arrivals, 'raw/targets').map(({ data }) => data as unknown as Seen)
  expect(new Set(frames.flatMap(({ targets }) => targets.map(({ id }) => id)))).toEqual(new Set(known))
})

test('TrackIds exchanges the ids of two who stand together, and the truth lists them for both', () => {
  const muddled = 'tracker: { lossesPerMinute: 0, switchesPerMinute: 30, silencesPerHour: 0 }'
  const ran = run(scenarioOf(...nobody, open, muddled, ...two), 1)
  expect(truthOf(ran.simulation).shoppers).toMatchObject({ t1: { aliases: ['t2'] }, t2: { aliases: ['t1'] } })
  const frames = messagesOf(ran.arrivals, 'raw/targets').map(({ data }) => data as unknown as Seen)
  for (const { targets } of frames) expect(new Set(targets.map(({ id }) => id)).size).toBe(targets.length)
})

test('Tracker shows a wrist at the place of a pick when it happens', () => {
  const ran = run(scenarioOf(...nobody, ...faultless, open, two[0] ?? '', two[1] ?? ''), 3)
  const [pick] = truthOf(ran.simulation).events
  const shelf = ran.simulation.world.shelving.shelfOfPlate.get(pick?.cells[0] ?? '')
  const plate = ran.simulation.world.store.fixtures
    .flatMap(({ shelves }) => shelves)
    .flatMap(({ cells }) => cells)
    .find(({ id }) => id === pick?.cells[0])
  const [x, y, z] = plate?.center ?? [0, 0, 0]
  const frames = messagesOf(ran.arrivals, 'raw/targets').filter(({ ts }) => ts >= (pick?.ts ?? 0) - 150)
  const [target] = frames.flatMap(({ data }) => (data as unknown as Seen).targets)
  const distances = ['leftWrist', 'rightWrist'].map((name) => {
    const [wx = 9, wy = 9, wz = 9] = target?.joints[name] ?? []
    return Math.hypot(wx - x, wy - y, wz - z)
  })
  expect(shelf?.depth).toBe(0.4)
  expect(Math.min(...distances)).toBeLessThan(0.4)
})

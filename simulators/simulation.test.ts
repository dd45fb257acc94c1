import { describe, expect, test } from 'vitest'
import { isJsonChannel, parseMessage } from '../models/contracts/messages.ts'
import { deviation, faultless, mean, messagesOf, nobody, quantile, readingsOf, run, scenarioOf } from './testing.ts'
import { truthOf } from './truth.ts'
import { loadsOf } from './world/packages.ts'

const busy = scenarioOf(
  'shoppers: { count: 10, secondsBetween: 8, inPairs: 0.4, does: { putElsewhere: 10, drop: 3 } }',
  'staff: { restockEverySeconds: 30 }',
)

describe('Simulation', () => {
  const ran = run(busy, 11)
  const truth = truthOf(ran.simulation)

  test('gives the same messages for the same seed, and others for another', () => {
    const text = (seed: number): string => JSON.stringify(run(busy, seed, 20).arrivals)
    expect(text(11)).toBe(text(11))
    expect(text(11)).not.toBe(text(12))
  })

  test('says nothing that the contracts refuse', () => {
    const faults = ran.arrivals.flatMap(({ channel, payload }) => {
      if (!('json' in payload) || !isJsonChannel(channel)) return []
      const result = parseMessage(channel, payload.json)
      return result.ok ? [] : result.faults
    })
    expect(faults).toEqual([])
    expect(ran.arrivals.length).toBeGreaterThan(5000)
  })

  test('hands messages out in order of arrival', () => {
    const times = ran.arrivals.map(({ t }) => t)
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })

  test('keeps the mass: what the plates carry is what lies on them', () => {
    const { packages, loads, shelving } = ran.simulation.world
    const lying = new Float64Array(shelving.plates.length)
    for (const shelf of shelving.shelves) {
      for (const item of packages.on(shelf)) {
        for (const { plate, grams } of item.place === null ? [] : loadsOf(item, item.place)) {
          lying[plate.index] = (lying[plate.index] ?? 0) + grams
        }
      }
    }
    expect(Math.max(...lying.map((grams, i) => Math.abs(grams - (loads.settled[i] ?? 0))))).toBeLessThan(1e-6)
  })

  test('loses no package: every pick and put of the truth is one that left or came', () => {
    const { packages, shelving } = ran.simulation.world
    const left = shelving.shelves.reduce((sum, shelf) => sum + packages.on(shelf).size, 0)
    const moved = truth.events.reduce((sum, { kind, quantity }) => sum + (kind === 'put' ? quantity : -quantity), 0)
    expect(left).toBe(packages.stocked.length + moved)
  })

  test('lets everybody out again, staff included, who owe nothing', () => {
    expect(ran.simulation.world.people).toEqual([])
    const staff = Object.entries(truth.shoppers).filter(([id]) => id.startsWith('staff'))
    expect(staff.length).toBeGreaterThan(0)
    expect(staff.every(([, { items }]) => items.length === 0)).toBe(true)
  })
})

test('truthOf() owes each shopper what the events say, where nothing is dropped or given away', () => {
  const plain = scenarioOf('shoppers: { count: 8, secondsBetween: 8, does: { putElsewhere: 8, drop: 0, handOver: 0 } }')
  const truth = truthOf(run(plain, 3).simulation)
  const owed = new Map<string, number>()
  for (const { shopper, sku, kind, quantity } of truth.events) {
    if (shopper.startsWith('staff')) continue
    const key = `${shopper} ${sku}`
    owed.set(key, (owed.get(key) ?? 0) + (kind === 'pick' ? quantity : -quantity))
  }
  const due = Object.entries(truth.shoppers).flatMap(([id, { items }]) =>
    items.map(({ sku, quantity }) => [`${id} ${sku}`, quantity]),
  )
  expect(Object.fromEntries(due)).toEqual(Object.fromEntries([...owed].filter(([, quantity]) => quantity > 0)))
})

describe('scripted acts', () => {
  const script = (...people: string[]) =>
    scenarioOf(...nobody, ...faultless, 'scales: { noisyFixtures: [] }', 'people:', ...people)

  test('are done at the time and place that the scenario says', () => {
    const ran = run(
      script('  - { name: Anna, arrives: 0, does: [{ take: Fiji water 0.5 l, shelf: g1-s2, at: 12 }] }'),
      1,
    )
    const [event, ...others] = truthOf(ran.simulation).events
    expect(others).toEqual([])
    expect(event).toMatchObject({ kind: 'pick', quantity: 1, shopper: 'a1' })
    const seconds = ((event?.ts ?? 0) - Date.parse('2026-03-02T08:00:00Z')) / 1000
    expect(seconds).toBeGreaterThan(12)
    expect(seconds).toBeLessThan(13.6)
    const readings = readingsOf(ran.arrivals, event?.cells[0] ?? '')
    const level = (from: number, to: number): number =>
      mean(
        readings
          .filter(({ ts }) => ts > (event?.ts ?? 0) + from && ts < (event?.ts ?? 0) + to)
          .map(({ grams }) => grams),
      )
    expect(level(500, 2000) - level(-3000, -1000)).toBeLessThan(-150)
    // The hand presses before the package comes free.
    expect(
      Math.max(...readings.filter(({ ts }) => Math.abs(ts - (event?.ts ?? 0) + 250) < 200).map(({ grams }) => grams)),
    ).toBeGreaterThan(level(-3000, -1000) + 5)
  })

  test('make the picker pay for what is handed over, and nobody for what is dropped', () => {
    const ran = run(
      script(
        '  - { name: Anna, arrives: 0, does: [{ take: Mints }, { handOver: Mints, to: Bruno, at: 25 }, { take: Lighter }, { drop: Lighter }] }',
        '  - { name: Bruno, arrives: 4, does: [{ wait: 35 }, { take: Sponges, quantity: 2, how: both hands }] }'.replace(
          'Sponges',
          '"Sponges, three"',
        ),
      ),
      2,
    )
    const truth = truthOf(ran.simulation)
    const quantities = (id: string) => truth.shoppers[id]?.items.map(({ quantity }) => quantity)
    expect(quantities('a1')).toEqual([1])
    expect(quantities('a2')).toEqual([2])
    expect(truth.events.map(({ kind }) => kind)).toEqual(['pick', 'pick', 'pick', 'pick'])
  })

  test('put a companion on the same account, at the gate by the same code again', () => {
    const ran = run(
      script(
        '  - { name: Anna, arrives: 0, does: [] }',
        '  - { name: Ben, arrives: 0, with: Anna, does: [{ take: Mints }] }',
      ),
      2,
    )
    const scans = messagesOf(ran.arrivals, 'event/scan').map(({ data }) => data.code)
    expect(scans).toHaveLength(2)
    expect(new Set(scans).size).toBe(1)
    expect(Object.keys(truthOf(ran.simulation).shoppers)).toEqual(['a1'])
  })
})

describe('faults', () => {
  test('restart a device with a new boot and seq 0, its will told in between', () => {
    const scenario = scenarioOf(...nobody, ...faultless, 'faults: { outages: [{ device: g2, at: 5, seconds: 4 }] }')
    const { arrivals } = run(scenario, 1, 15)
    const status = arrivals.filter(({ device, channel }) => device === 'g2' && channel === 'status')
    expect(status.map(({ payload }) => ('text' in payload ? payload.text : ''))).toEqual([
      'online',
      'offline',
      'online',
    ])
    const weights = messagesOf(arrivals, 'raw/weight', 'g2')
    expect([...new Set(weights.map(({ boot }) => boot))]).toEqual(['b1', 'b2'])
    expect(weights.filter(({ boot }) => boot === 'b2').map(({ seq }) => seq)[0]).toBe(1)
    const times = weights.map(({ ts }) => ts)
    expect(Math.max(...times.slice(1).map((ts, i) => ts - (times[i] ?? 0)))).toBeGreaterThan(3900)
  })

  test('leave nulls of a dead plate, and lose, double and delay as often as the scenario says', () => {
    const scenario = scenarioOf(
      ...nobody,
      'faults: { deadCells: [{ cell: g1-s1-p3, at: 4 }] }',
      'network: { lossShare: 0.1, duplicateShare: 0.05, lateShare: 0.05, clockErrorMs: 0 }',
    )
    const { arrivals } = run(scenario, 1, 60)
    const weights = messagesOf(arrivals, 'raw/weight')
    const distinct = new Set(weights.map(({ seq, data }) => `${seq} ${Object.keys(data.cells as object)[0]}`))
    const sent = (60 + 2.5) * 25
    expect(distinct.size / sent).toBeGreaterThan(0.86)
    expect(distinct.size / sent).toBeLessThan(0.94)
    expect((weights.length - distinct.size) / distinct.size).toBeGreaterThan(0.03)
    const lates = arrivals.filter(({ channel, t, payload }) => {
      return channel === 'raw/weight' && 'json' in payload && t - (payload.json as { ts: number }).ts > 500
    })
    expect(lates.length / sent).toBeGreaterThan(0.03)
    const after = Date.parse('2026-03-02T08:00:10Z')
    expect(readingsOf(arrivals, 'g1-s1-p3').every(({ ts }) => ts < after)).toBe(true)
    expect(readingsOf(arrivals, 'g1-s1-p4').some(({ ts }) => ts > after)).toBe(true)
  })
})

describe('sensors', () => {
  const still = run(scenarioOf(...nobody, ...faultless, 'scales: { spikesPerCellHour: 0 }'), 5, 6)
  const noise = (gondola: string): number[] =>
    Array.from({ length: 60 }, (_, i) => {
      const cell = `${gondola}-s${Math.floor(i / 12) + 1}-p${(i % 12) + 1}`
      return deviation(
        readingsOf(still.arrivals, cell)
          .slice(0, 60)
          .map(({ grams }) => grams),
      )
    })

  test('scales are as noisy as measured: median 0.6 to 0.95 g, on the noisy gondola 2.8 g with p90 at 6.5 g', () => {
    for (const gondola of ['g1', 'g2', 'g3', 'g5']) {
      expect(quantile(noise(gondola), 0.5)).toBeGreaterThan(0.5)
      expect(quantile(noise(gondola), 0.5)).toBeLessThan(1.1)
    }
    const noisy = noise('g4')
    expect(quantile(noisy, 0.5)).toBeGreaterThan(2)
    expect(quantile(noisy, 0.5)).toBeLessThan(3.8)
    expect(quantile(noisy, 0.9)).toBeGreaterThan(4.5)
    expect(quantile(noisy, 0.9)).toBeLessThan(9)
  })

  test('scales send batches of twelve readings every 200 ms', () => {
    const batches = messagesOf(still.arrivals, 'raw/weight', 'g3')
    const [first, second] = batches
    expect(Object.values(first?.data.cells ?? {}).map((samples) => samples.length)).toEqual(new Array(60).fill(12))
    expect((second?.ts ?? 0) - (first?.ts ?? 0)).toBe(200)
  })

  test('the tracker sends fifteen frames a second, 2.3 s late, empty ones where nobody is', () => {
    const frames = still.arrivals.filter(({ channel }) => channel === 'raw/targets')
    const lags = frames.map(({ t, payload }) => t - ('json' in payload ? (payload.json as { ts: number }).ts : t))
    expect(mean(lags)).toBeGreaterThan(2250)
    expect(mean(lags)).toBeLessThan(2350)
    const messages = messagesOf(still.arrivals, 'raw/targets')
    expect(messages.every(({ data }) => (data.targets as unknown[]).length === 0)).toBe(true)
    expect(((messages[15]?.ts ?? 0) - (messages[0]?.ts ?? 0)) / 15).toBeCloseTo(1000 / 15, 0)
  })

  test('receivers hear a phone as the measured path loss says: -61.9 dBm at 1 m, sigma 6.25 dB, 1.9 packets a second', () => {
    const scenario = scenarioOf(
      ...nobody,
      ...faultless,
      'people:',
      '  - { name: Anna, arrives: 0, beacon: true, does: [{ wait: 600 }] }',
    )
    const { arrivals, simulation } = run(scenario, 8, 300)
    const [x, y] = simulation.world.people[0]?.walk.position(simulation.now) ?? [0, 0]
    const heard = messagesOf(arrivals, 'event/adv', 'rx3').flatMap(
      ({ data }) => data.advs as { rssi: number; beacon: unknown }[],
    )
    const rssi = heard.map((adv) => adv.rssi)
    const receiver = simulation.world.store.devices.find(({ id }) => id === 'rx3')
    const [rx, ry, rz] = receiver?.kind === 'receiver' ? receiver.position : [0, 0, 0]
    const expected = -61.9 - 14 * Math.log10(Math.hypot(x - rx, y - ry, rz - 0.9))
    expect(Math.abs(mean(rssi) - expected)).toBeLessThan(1)
    expect(Math.abs(deviation(rssi) - 6.25)).toBeLessThan(0.7)
    expect(rssi.length / 295).toBeGreaterThan(1.6)
    expect(heard[0]?.beacon).toMatchObject({ kind: 'ibeacon', major: 1, minor: 1 })
  })

  test('a shelf that reports changes sends the step of a pick, not its readings', () => {
    const scenario = scenarioOf(
      ...nobody,
      ...faultless,
      'scales: { report: changes, noisyFixtures: [] }',
      'people: [{ name: Anna, arrives: 0, does: [{ take: Whole milk 1 l }] }]',
    )
    const ran = run(scenario, 1)
    const [pick] = truthOf(ran.simulation).events
    const changes = messagesOf(ran.arrivals, 'event/weight').map(
      ({ data }) => data as { cell: string; deltaGrams: number },
    )
    expect(messagesOf(ran.arrivals, 'raw/weight')).toEqual([])
    const own = changes.filter(({ cell }) => pick?.cells.includes(cell))
    expect(changes.filter((change) => !own.includes(change)).every(({ deltaGrams }) => Math.abs(deltaGrams) < 50)).toBe(
      true,
    )
    const total = own.reduce((sum, { deltaGrams }) => sum + deltaGrams, 0)
    expect(Math.abs(total + 1062)).toBeLessThan(40)
  })
})

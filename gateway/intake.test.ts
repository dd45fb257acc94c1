import { describe, expect, test } from 'vitest'
import { createIntake } from './intake.ts'
import { mostBytes } from './spool/allowance.ts'
import { leftOf } from './spool/left.ts'
import type { SpoolRecord } from './spool/record.ts'
import type { Spool } from './spool/spool.ts'
import { testLog } from './testing/log.ts'
import { t0, testStore } from './testing/store.ts'

const megabyte = 1024 * 1024
/** Each has a topic, too. */
const most = mostBytes / megabyte - 1
const topicOf = (device: string, channel = 'event/weight') => `tillfree/1/s1/dev/${device}/${channel}`

/** An intake whose disk takes everything at once, how much it took, and up to when it let go of it. */
function started({ wasDamaged = false, records = [] as SpoolRecord[] } = {}) {
  const disk = { bytes: 0, now: t0, settled: [] as number[], durableTime: 0, given: [] as string[] }
  const spool: Spool = {
    read: (...at) => ({ messages: leftOf(records, ...at), damage: null }),
    keep({ body }) {
      if (body.kind === 'bytes') disk.bytes += body.bytes.length
    },
    released: () => {},
    write: () => {},
    durable: async () => {},
    settle: (time) => void disk.settled.push(time),
    problem: () => null,
    close: async () => {},
  }
  const intake = createIntake({
    store: testStore(),
    runtime: {
      view: () => ({ time: 0, shoppers: [], events: [] }),
      accept: ({ kind }) => void disk.given.push(kind),
      advance: () => {},
      setAccounts: () => {},
      durableTime: () => disk.durableTime,
      problem: () => null,
      wasDamaged: () => wasDamaged,
    },
    clock: { now: () => disk.now },
    spool,
    usedCodes: { use: () => null, stayedClosed: () => {}, letInBy: () => null, forget: () => 0, close: () => {} },
    shortage: () => null,
    publish: async () => {},
    onAccepted: () => {},
    onRejected: () => {},
    log: testLog(),
  })
  /** At QoS 1, as the broker has it: kept, then taken in. */
  async function say(topic: string): Promise<void> {
    const bytes = Buffer.alloc(megabyte)
    await intake.keep(topic, bytes)
    intake.ingest.receive({ arrivedAt: disk.now, topic, body: { kind: 'bytes', bytes } })
  }
  /** At QoS 0. */
  const mention = (topic: string) =>
    intake.ingest.receive({ arrivedAt: disk.now, topic, body: { kind: 'bytes', bytes: Buffer.alloc(megabyte) } })
  return { disk, say, mention, restore: () => intake.restore(), pump: () => intake.pump() }
}

describe('createIntake() with a clock that was set back', () => {
  test('lets go of nothing until the journal is of the new time', () => {
    const { disk, pump } = started()
    disk.durableTime = t0 + 90_000
    pump()
    disk.durableTime = t0
    pump()
    expect(disk.settled).toEqual([t0])
  })
})

describe('createIntake() where the state was damaged', () => {
  const left = (channel: string, seq: number, data: object): SpoolRecord => {
    const text = JSON.stringify({ v: 1, id: `${channel} ${seq}`, ts: t0 + seq, boot: 'b', seq, data })
    return { kind: 'message', arrivedAt: t0 + seq, topic: topicOf('g1', channel), payload: Buffer.from(text) }
  }
  const change = { cell: 'c1', deltaGrams: -540, sdGrams: 2, from: t0, to: t0 + 10 }
  const readings = { t0, rateHz: 10, cells: { c1: [1000] } }
  const released = (watermark: number): SpoolRecord => ({ kind: 'released', watermark, awaiting: [] })
  const said = [left('event/weight', 10, change), left('raw/weight', 20, readings)]
  const records = [released(t0), ...said, released(t0 + 30)]

  test('gives the engine nothing again that stood in the spool, as bills may hold it', () => {
    const given = [false, true].map((wasDamaged) => {
      const { disk, restore, pump } = started({ wasDamaged, records })
      restore()
      disk.now = t0 + 20_000
      pump()
      return disk.given
    })
    // A new journal, which is at time 0 as well, has nothing of it.
    expect(given).toEqual([['boot', 'weight-change', 'weight'], []])
  })
})

describe('createIntake() with a device that was taken over', () => {
  test('keeps 32 MiB of it in ten seconds, refuses the rest, and keeps what others say', async () => {
    const { disk, say, mention } = started()
    for (let i = 0; i < most; i++) await say(topicOf('g1'))
    await expect(say(topicOf('g1'))).rejects.toThrow('said more than 33554432 bytes in 10 s')
    mention(topicOf('g1', 'raw/weight'))
    expect(disk.bytes).toBe(most * megabyte)
    await say(topicOf('g2'))
    expect(disk.bytes).toBe((most + 1) * megabyte)
    disk.now += 10_000
    await say(topicOf('g1'))
    expect(disk.bytes).toBe((most + 2) * megabyte)
  })

  test('keeps no more of it by QoS 0, and takes no more in', () => {
    const { disk, mention } = started()
    const causes = Array.from({ length: most + 5 }, () => mention(topicOf('g1', 'raw/weight'))?.cause)
    expect(disk.bytes).toBe(most * megabyte)
    expect(causes.slice(most)).toEqual(Array.from({ length: 5 }, () => 'overload'))
    expect(mention(topicOf('g2', 'raw/weight'))?.cause).toBe('json')
  })

  test('keeps nothing that it refuses by the topic alone', async () => {
    const { disk, say } = started()
    for (const topic of [topicOf('g1', 'a/b/c'), topicOf('ghost'), topicOf('g1', 'a'.repeat(300))]) await say(topic)
    expect(disk.bytes).toBe(0)
  })

  test('takes any number of pictures, and keeps none', async () => {
    const { disk, say } = started()
    for (let i = 0; i < most + 5; i++) await say(topicOf('cam1', 'raw/frame'))
    expect(disk.bytes).toBe(0)
  })
})

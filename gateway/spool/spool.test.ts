import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { platformFiles } from '../../models/platform/files.ts'
import type { IncomingMessage } from '../ingest/message.ts'
import { nameOf } from './record.ts'
import { createSpool, type Left } from './spool.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillfree-spool-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const start = 1_000_000
const message = (arrivedAt: number, text: string): IncomingMessage => ({
  arrivedAt,
  topic: 'tillfree/1/s1/dev/g1/raw/weight',
  body: { kind: 'bytes', bytes: Buffer.from(text) },
})
const files = () => readdirSync(folder).map((name) => join(folder, name))
const numbersIn = ({ messages }: Left) =>
  messages.map(({ message: { body } }) => (body.kind === 'bytes' ? Number(Buffer.from(body.bytes)) : Number.NaN))
const upTo = (count: number, from = 0) => Array.from({ length: count - from }, (_, i) => from + i)

/** A disk in memory of which a power cut leaves what was synced. */
function cutDisk() {
  const files = new Map<string, { written: Buffer; synced: Buffer }>()
  const at = (path: string) => files.get(path) ?? expect.fail(path)
  const disk = {
    refuses: false,
    written: () => [...files.values()].map(({ written }) => written.toString('latin1')).join(''),
    cutPower: () => {
      for (const file of files.values()) file.written = file.synced
    },
    files: {
      ...platformFiles,
      names: () => [...files.keys()].map((path) => path.slice(folder.length + 1)),
      readSynced: (path: string) => at(path).written,
      create: async (path: string) => {
        files.set(path, { written: Buffer.alloc(0), synced: Buffer.alloc(0) })
        const orRefuse = async (work: () => void) => {
          if (disk.refuses) throw new Error('EIO')
          work()
        }
        return {
          append: (bytes: Uint8Array) =>
            orRefuse(() => {
              at(path).written = Buffer.concat([at(path).written, bytes])
            }),
          sync: () =>
            orRefuse(() => {
              at(path).synced = at(path).written
            }),
          close: async () => {},
        }
      },
    },
  }
  return disk
}

/** A spool into which a message a second was written, as by a process that is killed then. */
async function written(seconds: number) {
  const spool = createSpool(folder)
  spool.read(0)
  for (let s = 0; s < seconds; s++) {
    spool.keep(message(start + 1000 * s, `${s}`))
    await spool.durable()
  }
  return spool
}

describe('createSpool()', () => {
  test('gives what was kept to the next process, in order, and again to the one after it', async () => {
    await written(25)
    const next = createSpool(folder)
    const left = next.read(0)
    expect(numbersIn(left)).toEqual(upTo(25))
    expect(left.messages.at(-1)?.message).toMatchObject({ arrivedAt: start + 24_000, topic: message(0, '').topic })
    next.keep(message(start + 25_000, '25'))
    await next.durable()
    expect(numbersIn(createSpool(folder).read(0))).toEqual(upTo(26))
  })

  test('knows of each message whether the engine was given it that the journal holds', async () => {
    const spool = createSpool(folder)
    spool.read(0)
    for (const [s, watermark] of [start - 50, start + 900, start + 20_000].entries()) {
      spool.keep(message(start + 15_000 * s, `${s}`))
      spool.released(watermark, [])
      await spool.durable()
    }
    const given = (journalTime: number) =>
      createSpool(folder)
        .read(journalTime)
        .messages.map(({ wasGiven }) => wasGiven)
    expect(given(start - 50)).toEqual([true, false, false])
    expect(given(start + 800)).toEqual([true, true, false])
    expect(given(start + 30_000)).toEqual([true, true, true])
  })

  test('knows which messages the engine had not been given, though they stood there', async () => {
    const spool = createSpool(folder)
    spool.read(0)
    const first = nameOf(message(start, '').topic, Buffer.from('0'))
    spool.keep(message(start, '0'))
    spool.keep(message(start + 1, '1'))
    spool.released(start + 5000, [first])
    await spool.durable()
    const { messages } = createSpool(folder).read(start + 4800)
    expect(messages.map(({ wasGiven }) => wasGiven)).toEqual([false, true])
    expect(messages[0]?.message.name).toBe(first)
  })

  test('goes by the latest process, which began where the journal stood', async () => {
    const spool = createSpool(folder)
    spool.read(0)
    spool.keep(message(start, '0'))
    spool.released(start + 5000, [])
    spool.keep(message(start + 1, '1'))
    // Killed before the journal knew of that: another process begins with what the journal has.
    spool.released(start - 1000, [nameOf(message(start, '').topic, Buffer.from('1'))])
    spool.released(start + 400, [])
    await spool.durable()
    const given = (journalTime: number) =>
      createSpool(folder)
        .read(journalTime)
        .messages.map(({ wasGiven }) => wasGiven)
    expect(given(start - 1000)).toEqual([true, false])
    expect(given(start + 400)).toEqual([true, true])
  })

  test('keeps a file in which nothing stands but what was given, while the journal stands there', async () => {
    const spool = createSpool(folder)
    spool.read(0)
    spool.released(start, [])
    await spool.durable()
    spool.keep(message(start + 20_000, '0'))
    await spool.durable()
    spool.settle(start + 200)
    await spool.close()
    expect(files()).toHaveLength(2)
  })

  test('writes no picture of anybody', async () => {
    const spool = createSpool(folder)
    spool.read(0)
    spool.keep({ ...message(start, 'a JPEG'), topic: 'tillfree/1/s1/dev/cam1/raw/frame' })
    spool.keep(message(start + 1, 'weights'))
    await spool.close()
    const bytes = files().map((path) => readFileSync(path, 'latin1'))
    expect(bytes.join()).toContain('weights')
    expect(bytes.join()).not.toContain('a JPEG')
  })

  test('keeps what the journal does not hold, and of what it holds the last minute', async () => {
    const spool = await written(300)
    expect(files().length).toBeGreaterThan(25)
    spool.settle(start + 300_000)
    await spool.close()
    expect(files().length).toBeLessThan(10)
    expect(numbersIn(createSpool(folder).read(0)).slice(-70)).toEqual(upTo(300, 230))
    expect(Math.max(...files().map((path) => statSync(path).size))).toBeLessThan(2000)
  })

  test('leaves out what a kill cut off, and says what else was changed', async () => {
    await (await written(25)).close()
    const [first = '', second = '', last = ''] = files().sort()
    appendFileSync(last, Buffer.from('Tf123'))
    expect(createSpool(folder).read(0)).toMatchObject({ damage: null })
    const bytes = readFileSync(first)
    bytes[40] = (bytes[40] ?? 0) ^ 1
    writeFileSync(first, bytes)
    const left = createSpool(folder).read(0)
    expect(numbersIn(left)).toEqual(upTo(25, 1))
    expect(left.damage).toMatch(/spool-000000001: \d+ bytes were changed/)
    expect(second).not.toBe('')
  })

  test('rejects while the disk refuses, says why, and writes all when there is room again', async () => {
    const spool = createSpool(join(folder, 'in'))
    spool.read(0)
    spool.keep(message(start, '0'))
    await spool.durable()
    rmSync(join(folder, 'in'), { recursive: true })
    spool.keep(message(start + 20_000, '1'))
    await expect(spool.durable()).rejects.toThrow('ENOENT')
    const problem = `ENOENT: no such file or directory, open '${join(folder, 'in')}'`
    expect(spool.problem()).toBe(problem)
    spool.keep(message(start + 20_001, '2'))
    await expect(spool.durable()).rejects.toThrow()
    // In the same words, though it was another file: who says it once says it once.
    expect(spool.problem()).toBe(problem)
    createSpool(join(folder, 'in')).read(0)
    spool.keep(message(start + 20_002, '3'))
    await spool.durable()
    expect(spool.problem()).toBeNull()
    expect(numbersIn(createSpool(join(folder, 'in')).read(0))).toEqual([1, 2, 3])
  })

  test('writes again, before it promises anything, what a sync that failed did not make safe', async () => {
    const disk = cutDisk()
    const spool = createSpool(folder, disk.files)
    spool.read(0)
    spool.keep(message(start, '0'))
    await spool.durable()
    spool.keep(message(start + 1, '1'))
    spool.write()
    await vi.waitFor(() => expect(disk.written()).toContain('1'))
    disk.refuses = true
    spool.keep(message(start + 2, '2'))
    await expect(spool.durable()).rejects.toThrow('EIO')
    disk.refuses = false
    await spool.durable()
    disk.cutPower()
    expect(new Set(numbersIn(createSpool(folder, disk.files).read(0)))).toEqual(new Set([0, 1, 2]))
  })

  test.each(['append', 'sync'] as const)('keeps what was acknowledged while each %s is refused', async (refused) => {
    let refuses = false
    const orRefuse = async (work: Promise<void>) => {
      await work
      if (refuses) throw new Error('ENOSPC')
    }
    const create = async (path: string) => {
      const file = await platformFiles.create(path)
      return { ...file, [refused]: (bytes: Uint8Array) => orRefuse(file[refused](bytes)) }
    }
    const spool = createSpool(folder, { ...platformFiles, create })
    spool.read(0)
    spool.keep(message(start, '0'))
    await spool.durable()
    refuses = true
    for (let second = 1; second <= 400; second++) {
      spool.keep(message(start + 1000 * second, `${second}`))
      await expect(spool.durable()).rejects.toThrow('ENOSPC')
    }
    await vi.waitFor(() => expect(files()).toHaveLength(1))
    expect(numbersIn(createSpool(folder).read(0))).toContain(0)
    refuses = false
    await spool.durable()
    await spool.close()
    expect(new Set(numbersIn(createSpool(folder).read(0)))).toEqual(new Set(upTo(401)))
  })

  test('lets go of what a clock that was ahead left, when it lets go of what came after', async () => {
    const year = 365 * 86_400_000
    const ahead = createSpool(folder)
    ahead.read(0)
    ahead.keep(message(start + year, '0'))
    ahead.released(start + year + 6000, [])
    await ahead.close()
    const spool = createSpool(folder)
    spool.read(start + year, true)
    for (let s = 1; s <= 100; s++) {
      spool.keep(message(start + 1000 * s, `${s}`))
      await spool.durable()
    }
    spool.settle(start + 71_000)
    expect(numbersIn(createSpool(folder).read(0))).toContain(0)
    spool.settle(start + 100_000)
    await spool.close()
    expect(numbersIn(createSpool(folder).read(0))).toEqual(expect.not.arrayContaining([0]))
  })

  test('takes no more than it may hold while the disk refuses', async () => {
    const spool = createSpool(join(folder, 'gone'))
    const large = Buffer.alloc(1024 * 1024)
    for (let i = 0; i < 70; i++) spool.keep({ ...message(start + i, ''), body: { kind: 'bytes', bytes: large } })
    await expect(spool.durable()).rejects.toThrow()
  })
})

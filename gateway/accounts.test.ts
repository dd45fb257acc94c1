import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { testClock } from '../cloud-sync/testing/clock.ts'
import { type Files, platformFiles } from '../models/platform/files.ts'
import { createAccountSource, mergeAccounts } from './accounts.ts'
import { testLog } from './testing/log.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillfree-accounts-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

const ann = { id: 'ann', codes: ['A1'] }
const service = { url: 'http://accounts.test', token: 'store-token' }
const answer = (accounts: unknown, etag = '"1"') => new Response(JSON.stringify(accounts), { headers: { etag } })

let wanted: object[] = []
beforeEach(() => {
  wanted = []
})

function sourceWith(
  request: typeof fetch,
  cacheFile = join(folder, 'accounts.json'),
  disk: Files = platformFiles,
  onBillsWanted = async (interval: object): Promise<void> => void wanted.push(interval),
) {
  const known: string[][] = []
  const log = testLog()
  const clock = testClock()
  const source = createAccountSource({
    storeId: 's1',
    storeName: 'Via Roma 1',
    service,
    cacheFile,
    markFile: join(folder, 'books-mark'),
    disk,
    onAccounts: (accounts) => known.push(accounts.map(({ id }) => id)),
    onBillsWanted,
    log,
    fetch: request,
    wait: clock.wait,
  })
  /** Time goes on, once nothing is under way but what waits for it. */
  const advance = async (ms: number) => {
    for (let left = ms; left > 0; left -= 5_000) {
      await vi.waitUntil(() => clock.sleepers().length === 1)
      clock.advance(5_000)
    }
  }
  return { source, known, log, advance }
}

describe('createAccountSource()', () => {
  test("asks with the store's credential, keeps the answer, and asks again with its ETag", async () => {
    const request = vi
      .fn<typeof fetch>()
      .mockResolvedValueOnce(answer([ann]))
      .mockResolvedValueOnce(new Response(null, { status: 304 }))
    const { source, known, advance } = sourceWith(request)
    await source.start()
    await advance(5_000)
    await source.stop()
    expect(known).toEqual([['ann']])
    expect(String(request.mock.calls[0]?.[0])).toBe('http://accounts.test/v1/stores/s1/accounts?name=Via+Roma+1')
    expect(request.mock.calls[0]?.[1]).toMatchObject({
      headers: { authorization: 'Bearer store-token' },
      redirect: 'error',
    })
    expect(request.mock.calls[1]?.[1]?.headers).toMatchObject({ 'if-none-match': '"1"' })
    expect(JSON.parse(await readFile(join(folder, 'accounts.json'), 'utf8'))).toEqual([ann])
  })

  test('says that refunds wait for a person, until none does', async () => {
    const told = (count: string) => new Response(null, { status: 304, headers: { 'failed-refunds': count } })
    const request = vi.fn<typeof fetch>().mockResolvedValueOnce(told('2')).mockResolvedValue(told('0'))
    const { source, advance } = sourceWith(request)
    await source.start()
    expect(source.notices()).toEqual([expect.stringMatching(/^2 refunds have not reached the shopper: /)])
    await advance(5_000)
    await source.stop()
    expect(source.notices()).toEqual([])
  })

  test('says once that bills are wanted again, and once more when others are', async () => {
    const told = (value: string) => new Response(null, { status: 304, headers: { 'bills-wanted': value } })
    const [first, second] = [
      '2026-11-22T08:00:00.000Z/2026-11-22T10:00:00.000Z',
      '2026-11-22T08:00:00.000Z/2026-11-23T10:00:00.000Z',
    ]
    const request = vi.fn<typeof fetch>().mockImplementation(async () => told(second))
    for (const value of [first, first, 'garbage', first]) request.mockResolvedValueOnce(told(value))
    const { source, advance } = sourceWith(request)
    await source.start()
    await advance(10_000)
    expect(wanted).toEqual([{ from: Date.UTC(2026, 10, 22, 8), to: Date.UTC(2026, 10, 22, 10) }])
    await advance(20_000)
    await source.stop()
    expect(wanted.at(-1)).toEqual({ from: Date.UTC(2026, 10, 22, 8), to: Date.UTC(2026, 10, 23, 10) })
  })

  test('takes the accounts where bills that are wanted again cannot be offered yet, and offers them later', async () => {
    const headers = { 'bills-wanted': '2026-11-22T08:00:00.000Z/2026-11-22T10:00:00.000Z' }
    const request: typeof fetch = async () => new Response(JSON.stringify([ann]), { headers })
    const offer = vi.fn().mockRejectedValueOnce(new Error('database or disk is full'))
    const { source, known, log, advance } = sourceWith(request, undefined, undefined, offer)
    await source.start()
    expect([known, log.lines]).toEqual([[['ann']], [expect.stringContaining('disk is full')]])
    await advance(10_000)
    await source.stop()
    expect(offer).toHaveBeenCalledTimes(2)
  })

  test('sends back what it heard last of bills that were taken, over a restart, and not before those wanted again are offered', async () => {
    const told = (mark: string, more = {}) =>
      new Response(null, { status: 304, headers: { 'books-mark': mark, ...more } })
    const interval = { 'bills-wanted': '2026-11-22T08:00:00.000Z/2026-11-22T10:00:00.000Z' }
    const request = vi
      .fn<typeof fetch>()
      .mockResolvedValueOnce(told('first'))
      .mockResolvedValueOnce(told('second', interval))
      .mockResolvedValue(told('second', interval))
    const first = sourceWith(request)
    await first.source.start()
    await first.source.stop()
    const offer = vi.fn().mockRejectedValueOnce(new Error('database or disk is full'))
    const { source, advance } = sourceWith(request, undefined, undefined, offer)
    await source.start()
    await advance(10_000)
    await source.stop()
    const sent = request.mock.calls.map(([_, init]) => new Headers(init?.headers).get('books-mark'))
    expect(sent).toEqual([null, 'first', 'first', 'second'])
  })

  test('asks without a mark where what it kept is no header', async () => {
    await writeFile(join(folder, 'books-mark'), 'torn\n\0')
    const request = vi.fn<typeof fetch>().mockImplementation(async () => answer([ann]))
    const { source, known } = sourceWith(request)
    await source.start()
    await source.stop()
    expect([known, request.mock.calls[0]?.[1]?.headers]).toEqual([
      [['ann']],
      expect.not.objectContaining({ 'books-mark': expect.anything() }),
    ])
  })

  test('goes by the file while the service is dead, and says so once', async () => {
    await writeFile(join(folder, 'accounts.json'), JSON.stringify([ann]))
    const { source, known, log, advance } = sourceWith(() => Promise.reject(new TypeError('fetch failed')))
    await source.start()
    await advance(20_000)
    await source.stop()
    expect(known).toEqual([['ann']])
    expect(log.lines).toEqual(['the account service: fetch failed; known accounts stay good'])
  })

  test.each([
    ['garbage', () => answer([{ id: 'no codes' }]), 'found nothing, wanted a value'],
    ['a refusal', () => new Response('', { status: 401 }), 'answered 401'],
  ])('changes nothing on %s', async (_what, make, words) => {
    const { source, known, log } = sourceWith(async () => make())
    await source.start()
    await source.stop()
    expect(known).toEqual([])
    expect(log.lines.join()).toContain(words)
  })

  test('asks again for what it could not keep', async () => {
    const request = vi.fn<typeof fetch>().mockImplementation(async () => answer([ann]))
    const file = join(folder, 'not-yet', 'accounts.json')
    await writeFile(join(folder, 'not-yet'), 'a file where a folder should be')
    const { source, advance } = sourceWith(request, file)
    await source.start()
    await rm(join(folder, 'not-yet'))
    await advance(5_000)
    await source.stop()
    expect(request.mock.calls[1]?.[1]?.headers).not.toHaveProperty('if-none-match')
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual([ann])
  })

  test('keeps the old file or the new one, whenever the power is cut', async () => {
    const done: string[] = []
    const log = <T>(what: string, result: T) => {
      done.push(what)
      return result
    }
    const disk: Files = {
      ...platformFiles,
      create: async () => ({
        append: async () => log('append', undefined),
        sync: async () => log('sync', undefined),
        close: async () => log('close', undefined),
      }),
      rename: async () => log('rename', undefined),
      syncFolder: async () => log('sync folder', undefined),
    }
    const { source } = sourceWith(async () => answer([ann]), undefined, disk)
    await source.start()
    await source.stop()
    expect(done).toEqual(['append', 'sync', 'close', 'rename', 'sync folder'])
  })

  test('says what is wrong with its file and goes on', async () => {
    await writeFile(join(folder, 'accounts.json'), '[{')
    const { source, known } = sourceWith(async () => answer([ann]))
    await source.start()
    await source.stop()
    expect(known).toEqual([['ann']])
  })
})

describe('mergeAccounts()', () => {
  test('keeps the codes of both, and what only one of them knows', () => {
    const beacon = { uuid: 'u', major: 1, minor: 2 }
    const merged = mergeAccounts(
      [{ id: 'ann', codes: ['A1'], beacon }],
      [{ id: 'ann', codes: ['B2', 'A1'], staff: false }],
    )
    expect(merged).toEqual([{ id: 'ann', codes: ['A1', 'B2'], beacon, staff: false }])
  })
})

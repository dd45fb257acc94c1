import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { IncomingMessage } from './ingest/message.ts'
import { createSpool } from './spool.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillfree-spool-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const message = (arrivedAt: number, text: string): IncomingMessage => ({
  arrivedAt,
  topic: 'tillfree/1/s1/dev/g1/raw/weight',
  body: { kind: 'bytes', bytes: Buffer.from(text) },
})

/** A spool into which a message a second was written. */
function written(seconds: number) {
  const spool = createSpool(folder)
  spool.read(0)
  for (let s = 0; s < seconds; s++) {
    spool.keep(message(1_000_000 + 1000 * s, `{"n":${s}}`))
    spool.write()
  }
}
const textOf = ({ body }: IncomingMessage) => (body.kind === 'bytes' ? Buffer.from(body.bytes).toString() : '')

describe('createSpool()', () => {
  test('gives the messages of the last seconds to the next process, oldest first', () => {
    written(25)
    const left = createSpool(folder).read(1_030_000)
    expect(left.at(-1)).toMatchObject({ arrivedAt: 1_024_000, topic: 'tillfree/1/s1/dev/g1/raw/weight' })
    expect(left.map(textOf).slice(-10)).toEqual(Array.from({ length: 10 }, (_, i) => `{"n":${15 + i}}`))
  })

  test('writes no picture of anybody', () => {
    const spool = createSpool(folder)
    spool.read(0)
    const topic = 'tillfree/1/s1/dev/cam1/raw/frame'
    spool.keep({ ...message(1_000_000, 'a JPEG'), topic })
    spool.keep(message(1_000_001, 'weights'))
    spool.write()
    const bytes = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'))
    expect(bytes.join()).toContain('weights')
    expect(bytes.join()).not.toContain('a JPEG')
  })

  test('stays small however long it runs', () => {
    written(500)
    const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size)
    expect(Math.max(...sizes)).toBeLessThan(2000)
  })

  test('leaves out what a kill cut off', () => {
    written(3)
    appendFileSync(join(folder, 'spool-b'), Buffer.from([1, 2, 3]))
    expect(createSpool(folder).read(0)).toHaveLength(3)
  })

  test('is of no use after a long pause', () => {
    written(3)
    expect(createSpool(folder).read(1_000_000 + 600_000)).toEqual([])
  })
})

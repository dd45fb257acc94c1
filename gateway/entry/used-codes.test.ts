import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseCode, textOf, windowAt, windowMs } from '../../models/entry/code.ts'
import { storeTag } from '../../models/entry/keys.ts'
import { newPhone } from '../../models/entry/phone.ts'
import { openDatabase } from '../../models/platform/open-database.ts'
import { checkCode, knownKeys } from './check-code.ts'
import { openUsedCodes } from './used-codes.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillfree-used-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const phone = newPhone()
const keys = knownKeys([{ id: 'eva', codes: [], entryKeys: [{ id: phone.keyId, publicKey: phone.publicKey }] }])
const now = Date.UTC(2026, 10, 21, 9)
const scan = { device: 'gate1', boot: 'b1', seq: 1 }
/** FIPS 186-5 by way of SP 800-186, 3.2.1.3. */
const orderOfP256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const code = (window: number, guest = 0) => ({ keyId: phone.keyId, storeTag: storeTag('s1'), window, guest })

describe('openUsedCodes()', () => {
  test('use() is for good: another process on the same file knows it', () => {
    const file = join(folder, 'used.db')
    const before = openUsedCodes(file)
    expect(before.use(code(5), scan, 'eva', now)).toBe(null)
    // Not closed: the process was killed.
    const after = openUsedCodes(file)
    expect(after.use(code(5), { ...scan, seq: 2 }, 'eva', now + 1)).toEqual({
      device: 'gate1',
      at: now,
      isSameCode: true,
    })
    expect([after.letInBy(code(5), scan), after.letInBy(code(5), { ...scan, seq: 2 })]).toEqual([
      { account: 'eva' },
      null,
    ])
    before.close()
    after.close()
  })

  test('openUsedCodes() knows what is in a file from before accounts were written down, and adds to it', () => {
    const file = join(folder, 'used.db')
    const old = openDatabase(file)
    old.exec(`CREATE TABLE used_code (
      key_id TEXT, window INTEGER, guest INTEGER, device TEXT NOT NULL, boot TEXT NOT NULL, seq INTEGER NOT NULL,
      at INTEGER NOT NULL, PRIMARY KEY (key_id, window, guest)) STRICT, WITHOUT ROWID`)
    const row = [phone.keyId, 5, 0, scan.device, scan.boot, scan.seq, now]
    old.prepare('INSERT INTO used_code VALUES (?, ?, ?, ?, ?, ?, ?)').run(...row)
    old.close()
    openUsedCodes(file).close()
    const used = openUsedCodes(file)
    expect(used.letInBy(code(5), scan)).toEqual({ account: null })
    expect(used.use(code(5), scan, 'eva', now)).toEqual({ device: 'gate1', at: now, isSameCode: true })
    expect(used.use(code(6), { ...scan, seq: 2 }, 'eva', now)).toBe(null)
    expect(used.letInBy(code(6), { ...scan, seq: 2 })).toEqual({ account: 'eva' })
    used.close()
  })

  test('use() takes whatever order of codes each once, and of a phone only the newest half minute or later', () => {
    const any = fc.record({ window: fc.integer({ min: 0, max: 30 }), guest: fc.integer({ min: 0, max: 3 }) })
    fc.assert(
      fc.property(fc.array(any, { maxLength: 60 }), (shown) => {
        const used = openUsedCodes(':memory:')
        const taken: { window: number; guest: number }[] = []
        for (const { window, guest } of shown) {
          const isGood =
            taken.every((other) => other.window <= window) &&
            !taken.some((other) => other.window === window && other.guest === guest)
          expect(used.use(code(window, guest), scan, 'eva', now) === null).toBe(isGood)
          if (isGood) taken.push({ window, guest })
        }
        used.close()
      }),
    )
  })

  test('forget() lets go of old uses, and few are kept of a phone', () => {
    const used = openUsedCodes(':memory:')
    for (let window = 0; window < 100; window++) used.use(code(window), scan, 'eva', now + window)
    expect([used.forget(now + 95), used.forget(now + 200)]).toEqual([6, 5])
    used.close()
  })
})

describe('checkCode()', () => {
  test('takes a code of any clock that is off by up to half a minute, once, and none that is off by more than a whole', () => {
    const skew = fc.integer({ min: -4 * windowMs, max: 4 * windowMs })
    fc.assert(
      fc.property(skew, fc.integer({ min: 0, max: windowMs - 1 }), (skewMs, into) => {
        const at = windowAt(now) * windowMs + into
        const text = phone.show('s1', at + skewMs)
        const checked = checkCode(text, keys, storeTag('s1'), at)
        const windows = windowAt(at + skewMs) - windowAt(at)
        expect(checked.kind === 'good').toBe(Math.abs(windows) <= 1)
        if (Math.abs(skewMs) <= windowMs) expect(checked.kind).toBe('good')
        if (Math.abs(skewMs) > 2 * windowMs) expect(checked.kind).toBe('refused')
        if (checked.kind === 'refused') expect(checked.cause).toBe(windows < 0 ? 'code-old' : 'code-early')
        const used = openUsedCodes(':memory:')
        const parsed = parseCode(text)
        if (parsed !== null)
          expect([used.use(parsed.code, scan, 'eva', at), used.use(parsed.code, scan, 'eva', at)?.isSameCode]).toEqual([
            null,
            true,
          ])
        used.close()
      }),
      { numRuns: 60 },
    )
  })

  test('is one code to the memory whichever of the two signatures an ECDSA key has for it is shown', () => {
    // (r, n - s) is as good as (r, s): what is remembered is what was signed.
    const text = phone.show('s1', now)
    const parsed = parseCode(text)
    if (parsed === null) throw new Error('the phone shows no code')
    const [r, s] = [
      parsed.signature.slice(0, 32),
      BigInt(`0x${Buffer.from(parsed.signature.slice(32)).toString('hex')}`),
    ]
    const other = Buffer.from((orderOfP256 - s).toString(16).padStart(64, '0'), 'hex')
    const twin = textOf({ code: parsed.code, signature: Uint8Array.from([...r, ...other]) })
    expect(twin).not.toBe(text)
    const used = openUsedCodes(':memory:')
    const outcomes = [text, twin].map((shown) => {
      const checked = checkCode(shown, keys, storeTag('s1'), now)
      return checked.kind === 'good' && checked.code !== null && used.use(checked.code, scan, 'eva', now)
    })
    expect(outcomes).toEqual([null, { device: 'gate1', at: now, isSameCode: true }])
    used.close()
  })
})

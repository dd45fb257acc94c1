import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type EntryCode, isRotating, parseCode, textOf, windowAt } from './code.ts'
import { isPublicKey, isSignedBy, keyIdOf, storeTag } from './keys.ts'
import { newPhone } from './phone.ts'

const phone = newPhone()
const now = Date.UTC(2026, 10, 21, 9)
const id = fc.integer({ min: 0, max: 0xffff_ffff }).map((n) => `${n.toString(16).padStart(8, '0')}0badcafe`)
const anyCode: fc.Arbitrary<EntryCode> = fc.record({
  keyId: id,
  storeTag: id,
  window: fc.integer({ min: 0, max: 0xffff_ffff }),
  guest: fc.integer({ min: 0, max: 15 }),
})

describe('parseCode()', () => {
  test('reads what textOf() writes, in 139 letters of a small QR code', () => {
    fc.assert(
      fc.property(anyCode, fc.uint8Array({ minLength: 64, maxLength: 64 }), (code, bytes) => {
        const signature = Uint8Array.from(bytes)
        const text = textOf({ code, signature })
        expect(text).toMatch(/^TF2[0-9A-HJKMNP-TV-Z]{136}$/)
        expect(parseCode(text)).toEqual({ code, signature })
      }),
    )
  })

  test('says null to everything else, and does not throw', () => {
    for (const text of ['', 'TF2', 'TF1.a1.7919', phone.show('s1', now).toLowerCase(), `${phone.show('s1', now)} `])
      expect(parseCode(text)).toBe(null)
    fc.assert(fc.property(fc.string(), (text) => parseCode(text) === null))
    expect([isRotating('TF2'), isRotating(phone.show('s1', now))]).toEqual([false, true])
  })
})

describe('isSignedBy()', () => {
  const text = phone.show('s1', now)
  const isGood = (said: string, key = phone.publicKey) => {
    const parsed = parseCode(said)
    return parsed !== null && isSignedBy(key, parsed)
  }

  test('takes what the phone shows, and no other phone’s', () => {
    expect([isGood(text), isGood(text, newPhone().publicKey)]).toEqual([true, false])
    expect(parseCode(text)?.code).toMatchObject({ keyId: phone.keyId, storeTag: storeTag('s1'), window: windowAt(now) })
  })

  test('refuses it with any one bit altered', () => {
    const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
    for (let bit = 0; bit < 136 * 5; bit++) {
      const at = 3 + Math.floor(bit / 5)
      const letter = alphabet[alphabet.indexOf(text[at] ?? '') ^ (1 << (bit % 5))]
      expect(isGood(text.slice(0, at) + letter + text.slice(at + 1)), `bit ${bit}`).toBe(false)
    }
  })

  test('refuses it with letters altered at random', () => {
    const letters = fc.stringMatching(/^[0-9A-HJKMNP-TV-Z]{1,9}$/)
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 130 }), letters, (at, put) => {
        const altered = text.slice(0, at) + put + text.slice(at + put.length)
        expect(isGood(altered)).toBe(altered === text)
      }),
    )
  })
})

describe('isPublicKey()', () => {
  test('takes a point of the curve in its one spelling, and nothing else', () => {
    const point = Buffer.from(phone.publicKey, 'base64url')
    point[64] = (point[64] ?? 0) ^ 1
    expect(isPublicKey(phone.publicKey)).toBe(true)
    for (const bad of ['', 'AAAA', point.toString('base64url'), `${phone.publicKey}=`, `${phone.publicKey}AA`])
      expect(isPublicKey(bad), bad).toBe(false)
    expect([isSignedBy('nonsense', { code: anyCodeOf(), signature: new Uint8Array(64) })]).toEqual([false])
    expect(keyIdOf(phone.publicKey)).toBe(phone.keyId)
  })
})

const anyCodeOf = (): EntryCode => ({ keyId: phone.keyId, storeTag: storeTag('s1'), window: 1, guest: 0 })

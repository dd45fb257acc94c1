import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redacted, withLogin } from './login.ts'

const login = { user: "o'brien", password: 'p@ss/ :word' }
const url = 'rtsp://10.0.0.7:554/live?stream=1'

describe('withLogin()', () => {
  it('writes a login so that any sign in it stays part of it', () => {
    const address = withLogin(url, login)
    expect(address).toBe('rtsp://o%27brien:p%40ss%2F%20%3Aword@10.0.0.7:554/live?stream=1')
    expect(decodeURIComponent(new URL(address).password)).toBe(login.password)
  })

  it('leaves an address alone where there is none', () => {
    expect(withLogin(url, null)).toBe(url)
  })
})

describe('redacted()', () => {
  it('takes a login out of what ffmpeg complains', () => {
    expect(redacted(`Impossible to open '${withLogin(url, login)}'`, login)).toBe(`Impossible to open '${url}'`)
    expect(redacted('rtsp://a:b@c/d', null)).toBe('rtsp://c/d')
  })

  it('leaves no password, however it was written', () => {
    const secrets = fc.string({ minLength: 3, unit: 'grapheme-ascii' }).filter((text) => !'***://x:y@z'.includes(text))
    fc.assert(
      fc.property(secrets, (password) => {
        const said = `x ${withLogin('http://z/', { user: 'u', password })} y ${password} z`
        const told = redacted(said, { user: 'u', password }).replaceAll('***', '')
        expect(told).not.toContain(password)
      }),
    )
  })
})

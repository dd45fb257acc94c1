/** Signing in at the account service, through its routes. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { newPhone } from '../models/entry/phone.ts'
import { softAuthenticator } from './testing/authenticator.ts'
import { type Bench, call, openBench, storeToken } from './testing/service.ts'
import { type Visitor, visitor } from './testing/visitor.ts'

const minuteMs = 60_000
const dayMs = 86_400_000
const email = 'anna@shop.example'
let bench: Bench
let page: Visitor
beforeEach(async () => {
  bench = await openBench()
  page = visitor(bench.app)
})
afterEach(() => bench.close())

/** The digits of the latest mail. */
const mailedCode = () => /\d{4} \d{4}/.exec(bench.mails.at(-1)?.text ?? '')?.[0] ?? ''
const wrongCode = () => mailedCode().replace(/^\d/, (digit) => String((Number(digit) + 1) % 10))
async function askForCode(by = page, address = email) {
  const { body } = await by.ask('POST', '/v1/sign-in/email', { email: address })
  return String(body.attempt)
}
const answerCode = (attempt: string, code: string, by = page) =>
  by.ask('POST', '/v1/sign-in/email/code', { attempt, code })
async function signIn(by = page, address = email) {
  return answerCode(await askForCode(by, address), mailedCode(), by)
}
const audit = () =>
  bench.sql.query<{ what: string; who: string | null; detail: string | null; place: string }>(
    'SELECT who, what, about, place, detail FROM audit ORDER BY position',
  )

describe('sign-in by e-mail code', () => {
  test('makes an account for who is new, finds it again, and gives a cookie that pages cannot read', async () => {
    const { status, cookie } = await signIn()
    expect(status).toBe(204)
    expect(cookie).toMatch(/^tillfree-account=[\w-]{43}; Max-Age=15552000; Path=\/; HttpOnly; SameSite=Strict$/)
    const first = (await page.ask('GET', '/v1/me')).body
    expect(first).toMatchObject({ name: 'anna', email, staff: false })
    const elsewhere = visitor(bench.app)
    await signIn(elsewhere, 'ANNA@shop.example')
    expect((await elsewhere.ask('GET', '/v1/me')).body).toEqual(first)
    expect((await audit()).map(({ what }) => what)).toEqual([
      'sign-in-asked',
      'account-made',
      'signed-in',
      'sign-in-asked',
      'signed-in',
    ])
  })

  test('says the same of an address that is known and of one that is not', async () => {
    await signIn()
    const answers = [
      await page.ask('POST', '/v1/sign-in/email', { email }),
      await page.ask('POST', '/v1/sign-in/email', { email: 'nobody@shop.example' }),
    ]
    const shapes = answers.map(({ status, body }) => [status, Object.keys(body), String(body.attempt).length])
    expect(shapes[0]).toEqual(shapes[1])
    expect(bench.mails.map(({ to }) => to)).toEqual([email, email, 'nobody@shop.example'])
    const refusals = []
    for (const { body } of answers) refusals.push((await answerCode(String(body.attempt), '0000 0000')).body)
    expect(refusals[0]).toEqual(refusals[1])
  })

  test('takes a code once, within ten minutes, from the browser that asked', async () => {
    const attempt = await askForCode()
    const used = mailedCode()
    const otherAttempt = await askForCode()
    expect((await answerCode(otherAttempt, used)).body).toMatchObject({ code: 'WRONG_CODE' })
    expect((await answerCode(attempt, used)).status).toBe(204)
    expect((await answerCode(attempt, used)).body).toMatchObject({ code: 'WRONG_CODE' })
    const late = await askForCode()
    bench.advance(10 * minuteMs)
    expect((await answerCode(late, mailedCode())).body).toMatchObject({ code: 'WRONG_CODE' })
  })

  test('gives five tries, and not the right code after them', async () => {
    const attempt = await askForCode()
    for (let i = 0; i < 5; i++) expect((await answerCode(attempt, wrongCode())).status).toBe(422)
    expect((await answerCode(attempt, mailedCode())).body).toMatchObject({ code: 'WRONG_CODE' })
    expect((await audit()).filter(({ what }) => what === 'sign-in-refused')).toHaveLength(6)
  })

  test('sends five codes an hour to one address, whoever asks', async () => {
    for (let i = 0; i < 5; i++) expect(await askForCode(visitor(bench.app, undefined, `192.0.2.${i}`))).toHaveLength(43)
    const inMinutes = (text: string) => ({
      status: 429,
      body: { code: 'TOO_OFTEN', message: expect.stringContaining(text) },
    })
    const asked = () => page.ask('POST', '/v1/sign-in/email', { email })
    expect(await asked()).toMatchObject(inMinutes('too often, try again later: the next code can be had in 60 minutes'))
    bench.advance(59 * minuteMs)
    expect(await asked()).toMatchObject(inMinutes('in 1 minute'))
    bench.advance(minuteMs + 1)
    expect((await signIn()).status).toBe(204)
  })

  test('hears one network address sixty times in ten minutes, and others still', async () => {
    const ask = (by: Visitor, i: number) => by.ask('POST', '/v1/sign-in/email', { email: `a${i}@shop.example` })
    for (let i = 0; i < 60; i++) expect((await ask(page, i)).status).toBe(202)
    expect(await ask(page, 60)).toMatchObject({ status: 429, body: { code: 'TOO_OFTEN' } })
    expect((await ask(visitor(bench.app, undefined, '198.51.100.1'), 61)).status).toBe(202)
  })

  test('refuses what is no address, and every line of a mail head in one', async () => {
    for (const wrong of [
      'anna',
      '@shop.example',
      'a@b@c',
      'a@shop.example\r\nBcc: b@shop.example',
      'anna@shop.example\0.evil.example',
      'anna@shop.example/.evil.example',
      'anna@xn--i\u00f1valid.example',
      ...['\u0001', '\u001b', '\u007f', '\u00ad', '\u200b', '\u2060', '\ufeff'].map(
        (sign) => `anna@sh${sign}op.example`,
      ),
      `${'a'.repeat(260)}@x.y`,
    ])
      expect((await page.ask('POST', '/v1/sign-in/email', { email: wrong })).status).toBe(400)
    expect(bench.mails).toEqual([])
  })

  test('takes an address for one, however its domain is written, and finds who came before domains were read', async () => {
    await signIn(page, 'anna@b\u00fccher.example')
    const [anna] = await bench.sql.query<{ email: string }>('SELECT email FROM account')
    expect([anna?.email, bench.mails[0]?.to]).toEqual(Array(2).fill('anna@xn--bcher-kva.example'))
    await bench.sql.run("UPDATE account SET email = 'anna@b\u00fccher.example'")
    for (const written of ['anna@b\u00fccher.example', 'Anna@BU\u0308CHER.example', 'anna@xn--bcher-kva.example.'])
      expect((await signIn(visitor(bench.app), written)).status, written).toBe(204)
    expect(await bench.sql.query('SELECT COUNT(*) AS n FROM account')).toEqual([{ n: 1 }])
    await askForCode(page, 'anna@\uff42\u00fccher.example')
    expect((await page.ask('POST', '/v1/sign-in/email', { email: 'anna@b\u00fccher.example' })).status).toBe(429)
  })

  test('keeps no code, cookie or secret in log, audit or database', async () => {
    const attempt = await askForCode()
    const code = mailedCode().replace(' ', '')
    await answerCode(attempt, '1234 5678')
    await answerCode(attempt, code)
    const cookie = page.cookie()?.split('=')[1] ?? ''
    const { body } = await call(bench.app, storeToken, '/v1/accounts', { id: 'otto', name: 'Otto' })
    const link = (await call(bench.app, storeToken, '/v1/accounts/otto/sign-in-link', {})).body as { secret: string }
    expect([cookie.length, link.secret.length, body]).toMatchObject([43, 26, { id: 'otto' }])
    const kept = [bench.logged()]
    for (const table of ['session', 'email_code', 'sign_in_link', 'audit', 'account'])
      kept.push(JSON.stringify(await bench.sql.query(`SELECT * FROM ${table}`)))
    for (const secret of [attempt, code, cookie, link.secret]) expect(kept.join('\n')).not.toContain(secret)
    expect(JSON.stringify(await audit())).not.toContain(email)
  })
})

describe('sign-in by e-mail to an account that a store made', () => {
  const office = (path: string, body: object = {}) => call(bench.app, storeToken, `/v1/accounts${path}`, body)
  const secretOf = ({ body }: { body: unknown }) => (body as { secret: string }).secret
  const follow = (secret: string, by: Visitor) => by.ask('POST', '/v1/sign-in/link', { secret })

  test('ends what its office had opened or can open, and is the way in from then on', async () => {
    await office('', { id: 'otto', name: 'Otto', email })
    const inside = visitor(bench.app)
    await follow(secretOf(await office('/otto/sign-in-link')), inside)
    await bench.sql.run(
      "INSERT INTO passkey (id, subject, name, public_key, uses, transports, made_at) VALUES ('k', 'otto', 'k', '', 0, '[]', 0)",
    )
    const waiting = secretOf(await office('/otto/sign-in-link'))
    await inside.ask('POST', '/v1/me/phones', { publicKey: newPhone().publicKey, label: 'Of who was in' })
    await office('/otto/phones', { publicKey: newPhone().publicKey, label: 'Of the office' })
    const accounts = () => call(bench.app, storeToken, '/v1/stores/s1/accounts')
    const before = await accounts()
    expect(before.body).toMatchObject([{ id: 'otto', entryKeys: [{}, {}] }])
    await signIn()
    const after = await accounts()
    expect([after.body, after.headers.etag === before.headers.etag]).toEqual([
      [{ id: 'otto', codes: [], staff: false }],
      false,
    ])
    expect((await page.ask('GET', '/v1/me')).body).toMatchObject({ id: 'otto', email })
    expect((await inside.ask('GET', '/v1/me')).status).toBe(401)
    expect((await page.ask('GET', '/v1/me/passkeys')).body).toEqual([])
    expect((await follow(waiting, visitor(bench.app))).status).toBe(422)
    expect(await office('/otto/sign-in-link')).toMatchObject({ status: 409, body: { code: 'OWN_SIGN_IN' } })
    expect((await audit()).at(-1)).toMatchObject({ who: 'store s1', what: 'not-allowed' })
  })

  test('leaves no way in that the office asks for at the same moment', async () => {
    await office('', { id: 'otto', name: 'Otto', email })
    const { run } = bench.sql
    let signedIn: { readonly status: number } | null = null
    Object.assign(bench.sql, {
      async run(...asked: Parameters<typeof run>) {
        if (signedIn === null && asked[0].startsWith('INSERT INTO sign_in_link')) {
          signedIn = { status: 0 }
          signedIn = await signIn()
        }
        return run(...asked)
      },
    })
    expect(await office('/otto/sign-in-link')).toMatchObject({ status: 409, body: { code: 'OWN_SIGN_IN' } })
    expect(signedIn).toMatchObject({ status: 204 })
  })

  test('ends nothing the next time', async () => {
    await office('', { id: 'otto', name: 'Otto', email })
    await signIn()
    await signIn(visitor(bench.app))
    expect((await page.ask('GET', '/v1/me')).status).toBe(200)
  })
})

describe('sign-in by a link that was handed over', () => {
  const linkFor = async (id: string) =>
    ((await call(bench.app, storeToken, `/v1/accounts/${id}/sign-in-link`, {})).body as { secret: string }).secret
  const follow = (secret: string, by = page) => by.ask('POST', '/v1/sign-in/link', { secret })
  beforeEach(() => call(bench.app, storeToken, '/v1/accounts', { id: 'anna', name: 'Anna' }))

  test('works once, typed in groups and small letters too', async () => {
    const secret = await linkFor('anna')
    const typed = (secret.toLowerCase().match(/.{1,4}/g) ?? []).join('-')
    expect((await follow(typed)).status).toBe(204)
    expect((await page.ask('GET', '/v1/me')).body).toMatchObject({ id: 'anna' })
    expect(await follow(secret, visitor(bench.app))).toMatchObject({ status: 422, body: { code: 'WRONG_LINK' } })
  })

  test('works for a day, and until there is a newer one', async () => {
    const old = await linkFor('anna')
    const late = await linkFor('anna')
    expect((await follow(old)).status).toBe(422)
    bench.advance(dayMs)
    expect((await follow(late)).status).toBe(422)
    expect((await call(bench.app, storeToken, '/v1/accounts/ghost/sign-in-link', {})).status).toBe(404)
  })
})

describe('sign-in by passkey', () => {
  const site = { origin: 'http://localhost:8081', domain: 'localhost' }
  const question = async (url: string, by = page) => (await by.ask('POST', url)).body as { challenge?: string }
  const add = async (device = softAuthenticator(site)) => {
    const answer = device.make(await question('/v1/me/passkeys/question'))
    return { device, added: await page.ask('POST', '/v1/me/passkeys', { name: 'Phone', answer }) }
  }
  const use = async (device: ReturnType<typeof softAuthenticator>, by: Visitor) =>
    by.ask('POST', '/v1/sign-in/passkey', { answer: device.answer(await question('/v1/sign-in/passkey/question', by)) })

  test('opens the account of who made it, without a name being typed', async () => {
    await signIn()
    const { device, added } = await add()
    expect(added).toMatchObject({ status: 201, body: { name: 'Phone', usedAt: null } })
    const phone = visitor(bench.app)
    expect((await use(device, phone)).status).toBe(204)
    expect((await phone.ask('GET', '/v1/me')).body).toMatchObject({ email })
    expect((await audit()).at(-1)).toMatchObject({ what: 'signed-in', detail: 'passkey' })
  })

  test('takes no answer twice, none to another question, none of a device that is locked or unknown', async () => {
    await signIn()
    const { device } = await add()
    const phone = visitor(bench.app)
    const answer = device.answer(await question('/v1/sign-in/passkey/question', phone))
    expect((await phone.ask('POST', '/v1/sign-in/passkey', { answer })).status).toBe(204)
    const refused = [
      await phone.ask('POST', '/v1/sign-in/passkey', { answer }),
      await phone.ask('POST', '/v1/sign-in/passkey', { answer: device.answer({ challenge: 'bWFkZSB1cA' }) }),
      await phone.ask('POST', '/v1/sign-in/passkey', {
        answer: device.answer(await question('/v1/me/passkeys/question')),
      }),
      await use(softAuthenticator(site), phone),
      (await add(softAuthenticator({ ...site, unlocked: false }))).added,
      (await add(softAuthenticator({ ...site, origin: 'http://localhost.evil.example' }))).added,
      (await add(softAuthenticator({ ...site, domain: 'evil.example' }))).added,
    ]
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(Array(7).fill([422, 'WRONG_PASSKEY']))
  })

  test('can be removed however long its id is', async () => {
    await signIn()
    await add()
    const id = 'k'.repeat(1364)
    await bench.sql.run('UPDATE passkey SET id = ?', [id])
    expect((await page.ask('DELETE', `/v1/me/passkeys/${id}`)).status).toBe(204)
  })

  test('waits five minutes for an answer', async () => {
    await signIn()
    const { device } = await add()
    const asked = await question('/v1/sign-in/passkey/question')
    bench.advance(5 * minuteMs + 1)
    const answer = device.answer(asked)
    expect((await page.ask('POST', '/v1/sign-in/passkey', { answer })).status).toBe(422)
  })

  test('opens nothing any more once it is removed', async () => {
    await signIn()
    const { device, added } = await add()
    expect((await page.ask('DELETE', `/v1/me/passkeys/${added.body.id}`)).status).toBe(204)
    expect((await page.ask('GET', '/v1/me/passkeys')).body).toEqual([])
    expect((await use(device, visitor(bench.app))).status).toBe(422)
  })

  test('is not offered where a browser would not have it', async () => {
    const at = async (host: string) => (await visitor(bench.app, { host }).ask('GET', '/v1/sign-in')).body
    expect(await at('localhost:8081')).toEqual({ email: true, passkey: true })
    expect(await at('127.0.0.1:8081')).toEqual({ email: true, passkey: false })
    expect(await at('shop.example')).toEqual({ email: true, passkey: false })
  })
})

describe('a session', () => {
  test('is a new one after every sign-in, and the one before is over', async () => {
    await signIn()
    const before = page.cookie() ?? ''
    await signIn()
    expect(page.cookie()).not.toBe(before)
    const old = await bench.app.inject({ url: '/v1/me', headers: { cookie: before } })
    expect(old.statusCode).toBe(401)
    expect((await page.ask('GET', '/v1/me/sessions')).body).toMatchObject([{ isThis: true, way: 'email-code' }])
  })

  test('ends thirty days after its last use, and half a year after the sign-in', async () => {
    await signIn()
    for (let i = 0; i < 6; i++) {
      bench.advance(29 * dayMs)
      expect((await page.ask('GET', '/v1/me')).status).toBe(200)
    }
    bench.advance(6 * dayMs)
    expect((await page.ask('GET', '/v1/me')).status).toBe(401)
    await signIn()
    bench.advance(30 * dayMs + minuteMs)
    expect(await page.ask('GET', '/v1/me')).toMatchObject({ status: 401, body: { code: 'SIGN_IN' } })
  })

  test('is ended by signing out, here or everywhere, and somewhere else by its id', async () => {
    const [phone, desk] = [visitor(bench.app), visitor(bench.app)]
    for (const each of [page, phone, desk]) await signIn(each)
    const there = (await page.ask('GET', '/v1/me/sessions')).body as unknown as { id: string; isThis: boolean }[]
    expect(there.map(({ isThis }) => isThis)).toEqual([false, false, true])
    expect((await page.ask('DELETE', `/v1/me/sessions/${there[0]?.id}`)).status).toBe(204)
    expect((await desk.ask('GET', '/v1/me')).status).toBe(401)
    expect((await phone.ask('POST', '/v1/me/sign-out')).cookie).toContain('tillfree-account=; Max-Age=0')
    await signIn(phone)
    await page.ask('DELETE', '/v1/me/sessions')
    expect([(await page.ask('GET', '/v1/me')).status, (await phone.ask('GET', '/v1/me')).status]).toEqual([401, 401])
  })

  test('must be fresh for what changes the ways to sign in', async () => {
    await signIn()
    bench.advance(10 * minuteMs)
    for (const [method, url] of [
      ['POST', '/v1/me/passkeys/question'],
      ['DELETE', '/v1/me/passkeys/x'],
      ['DELETE', '/v1/me/sessions/x'],
    ] as const)
      expect(await page.ask(method, url)).toMatchObject({ status: 403, body: { code: 'SIGN_IN_AGAIN' } })
    await signIn()
    expect((await page.ask('DELETE', '/v1/me/passkeys/x')).status).toBe(404)
  })

  test('changes nothing for a page of another site, and nobody is signed in by one', async () => {
    await signIn()
    const cookie = page.cookie() ?? ''
    const own = { host: 'localhost:8081' }
    for (const [headers, status] of [
      [{ 'sec-fetch-site': 'cross-site' }, 403],
      [{ 'sec-fetch-site': 'same-site' }, 403],
      [{ origin: 'http://localhost:9999' }, 403],
      [{ origin: 'null' }, 403],
      [{}, 403],
      [{ origin: 'http://localhost:8081' }, 200],
      [{ 'sec-fetch-site': 'same-origin' }, 200],
    ] as const) {
      const page = visitor(bench.app, { ...own, ...headers, cookie })
      expect((await page.ask('PUT', '/v1/me/name', { name: 'Anna' })).status, JSON.stringify(headers)).toBe(status)
      expect((await page.ask('POST', '/v1/sign-in/link', { secret: 'X' })).status).toBe(status === 200 ? 422 : 403)
    }
  })

  test('has a cookie for this host and https alone where the page is reached so', async () => {
    const other = await openBench(undefined, 'https://accounts.example/')
    const page = visitor(other.app, { origin: 'https://accounts.example', host: '127.0.0.1:8081' })
    const { body } = await page.ask('POST', '/v1/sign-in/email', { email })
    const code = /\d{4} \d{4}/.exec(other.mails[0]?.text ?? '')?.[0]
    const answer = await page.ask('POST', '/v1/sign-in/email/code', { attempt: body.attempt, code })
    expect(answer.cookie).toMatch(/^__Host-tillfree-account=[\w-]{43}; .*HttpOnly; SameSite=Strict; Secure$/)
    expect((await page.ask('GET', '/v1/me')).status).toBe(200)
    expect((await page.ask('GET', '/v1/sign-in')).body).toMatchObject({ passkey: true })
    // With a space that is none of HTTP's it is another name, which a neighbour of the same domain may set.
    const cookie = `theme=dark; \u00a0${page.cookie() ?? ''}`
    expect((await other.app.inject({ url: '/v1/me', headers: { cookie } })).statusCode).toBe(401)
    const { headers } = await other.app.inject('/')
    expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains')
    await other.close()
  })
})

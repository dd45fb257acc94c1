/** The way in on a shopper's phone, by picture: what a reader reads off the page opens the gate, once. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, call, letIn, openBench, signInFragment, storeToken } from '../cloud-sync/testing/service.ts'
import { checkCode, knownKeys } from '../gateway/entry/check-code.ts'
import type { Account } from '../models/contracts/recording.ts'
import { storeTag } from '../models/entry/keys.ts'
import { expectAccessible, launchBrowser, looks, openPage, phone } from './pages/browser.ts'
import { readQr } from './pages/read-qr.ts'

let browser: Browser
let bench: Bench
let url: string
let faults: string[]
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser?.close())
beforeEach(async () => {
  faults = []
  bench = await openBench()
  url = await bench.app.listen({ port: 0, host: '127.0.0.1' })
  await accountsOf('s1', 'Via Roma 1')
})
afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
  await bench.close()
  expect(faults, 'errors in the browser').toEqual([])
})

/** As each store asks, by a credential of its own. */
const accountsOf = async (store: string, name: string) => {
  const token = store === 's1' ? storeToken : `store-token-of-${store}`
  await letIn(bench.sql, store, token, bench.now())
  return (await call(bench.app, token, `/v1/stores/${store}/accounts?name=${name}`)).body as Account[]
}

/** What the gate of a store makes of a code, at the service's time. */
async function atGate(text: string, store = 's1') {
  const keys = knownKeys(await accountsOf('s1', 'Via Roma 1'))
  const checked = checkCode(text, keys, storeTag(store), bench.now())
  return checked.kind === 'good' ? [checked.account.id, checked.code?.guest] : checked.cause
}

async function openAccount(id: string, options: BrowserContextOptions = phone): Promise<Page> {
  await call(bench.app, storeToken, '/v1/accounts', { id, name: 'Anna', staff: id === 'otto' })
  const page = await openPage(browser, `${url}/${await signInFragment(bench, id)}`, faults, options)
  await page.locator('.code > .qr, .code > .store').first().waitFor()
  return page
}
const shown = (page: Page) => page.locator('.code > .qr')

describe('entry code on the account page', () => {
  test.each(looks)(
    'entry code is read off the screen and good at the gate of its store alone, %s',
    async (_name, look) => {
      const page = await openAccount('anna', look)
      const first = await readQr(shown(page))
      expect([await atGate(first), await atGate(first, 's2')]).toEqual([['anna', 0], 'code-store'])
      await page.getByRole('button', { name: 'Next person' }).click()
      await expect.poll(() => readQr(shown(page))).not.toBe(first)
      expect(await atGate(await readQr(shown(page)))).toEqual(['anna', 1])
      await expectAccessible(page)
    },
  )

  test('entry code says how long it lasts, and renews itself', async () => {
    const page = await openAccount('anna')
    await page.clock.install({ time: bench.now() })
    await page.reload()
    await shown(page).waitFor()
    const [first, left] = [await readQr(shown(page)), await page.getByRole('timer').innerText()]
    expect(left).toMatch(/^New code in ([12]?\d|30) s$/)
    expect(await page.getByText("Your phone's clock").count()).toBe(0)
    bench.advance(30_000)
    await page.clock.runFor(30_000)
    await expect.poll(() => readQr(shown(page))).not.toBe(first)
    bench.advance(61_000)
    expect([await atGate(first)]).toEqual(['code-old'])
  })

  test('entry code is right on a phone whose clock is not, which is said', async () => {
    const page = await openAccount('anna')
    await page.clock.install({ time: bench.now() - 300_000 })
    await page.reload()
    await page.getByText("Your phone's clock is 5 minutes behind").waitFor()
    expect(await atGate(await readQr(shown(page)))).toEqual(['anna', 0])
    await expectAccessible(page)
  })

  test('entry code goes on while the account service is away, and after the page is loaded again has the same key', async () => {
    const page = await openAccount('anna')
    await page.reload()
    await shown(page).waitFor()
    expect((await accountsOf('s1', 'Via Roma 1'))[0]?.entryKeys).toHaveLength(1)
    await page.context().setOffline(true)
    await page.getByText('cannot be reached').waitFor()
    await page.getByRole('button', { name: 'Next person' }).click()
    await expect.poll(async () => atGate(await readQr(shown(page)))).toEqual(['anna', 1])
  })

  test('entry code is for the store that was chosen, also the next time', async () => {
    await accountsOf('s2', 'Piazza 2')
    const page = await openAccount('anna')
    expect(await shown(page).count()).toBe(0)
    await expectAccessible(page)
    await page.getByLabel('Your code is for the store').selectOption({ label: 'Piazza 2' })
    await page.getByRole('img', { name: 'Piazza 2' }).waitFor()
    await expect.poll(async () => atGate(await readQr(shown(page)), 's2')).toEqual(['anna', 0])
    await page.reload()
    await page.getByRole('img', { name: 'Piazza 2' }).waitFor()
  })

  test('entry code is made no more by a phone that was removed, until it is wanted again', async () => {
    const page = await openAccount('anna')
    await page.getByText('1 phone shows your codes').click()
    await expectAccessible(page)
    await page.getByRole('button', { name: /^Remove / }).click()
    await page.getByText('This phone was taken off your account').waitFor()
    expect((await accountsOf('s1', 'Via Roma 1'))[0]?.entryKeys).toBe(undefined)
    await page.getByRole('button', { name: 'Use this phone again' }).click()
    await shown(page).waitFor()
    expect(await atGate(await readQr(shown(page)))).toEqual(['anna', 0])
  })

  test('entry code of who works in the shop stands beside a card that stays', async () => {
    const page = await openAccount('otto')
    await page.locator('summary', { hasText: 'Your staff card' }).click()
    const card = await readQr(page.getByRole('img', { name: 'QR code of your staff card' }))
    expect((await accountsOf('s1', 'Via Roma 1'))[0]?.codes).toEqual([card])
    await expectAccessible(page)
  })
})

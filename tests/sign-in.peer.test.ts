/** Signing in on the pages, in a real browser: by code, and by a passkey of its virtual authenticator. */
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, openBench } from '../cloud-sync/testing/service.ts'
import { build } from '../gateway/http/server.ts'
import { createDoor } from '../gateway/staff/door.ts'
import { testHttpDeps } from '../gateway/testing/http.ts'
import { testStaff } from '../gateway/testing/staff.ts'
import { demoStore } from '../simulators/layout/store.ts'
import { expectAccessible, launchBrowser, looks, openPage, phone } from './pages/browser.ts'
import { sampleView } from './pages/sample-view.ts'

const pages = fileURLToPath(new URL('../gateway/pages/dist', import.meta.url))
const store = demoStore({ entry: 'gated', scales: 'plates' })
let browser: Browser
let bench: Bench
let accountUrl: string
let faults: string[]

beforeAll(async () => {
  browser = await launchBrowser()
  bench = await openBench()
  // By its name: browsers have passkeys at names alone.
  accountUrl = (await bench.app.listen({ port: 0, host: '127.0.0.1' })).replace('127.0.0.1', 'localhost')
})
afterAll(async () => {
  await browser?.close()
  await bench?.close()
})
beforeEach(() => {
  faults = []
})
afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
  expect(faults, 'errors in the browser').toEqual([])
})

/** A phone with a fingerprint reader that always agrees. */
async function withAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const options = { protocol: 'ctap2', transport: 'internal', automaticPresenceSimulation: true } as const
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: { ...options, hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
  })
}

/** How many keys for entry codes there are. */
const keysInBrowser = `new Promise((resolve, reject) => {
  const opening = indexedDB.open('tillfree')
  opening.onerror = reject
  opening.onsuccess = () => {
    const asked = opening.result.transaction('keys').objectStore('keys').count()
    asked.onsuccess = () => resolve(asked.result)
  }
})`

async function signInByCode(page: Page, email: string): Promise<void> {
  await page.getByLabel('Your e-mail address').fill(email)
  await page.keyboard.press('Enter')
  const digits = page.getByLabel('The eight digits')
  // The code is on its way by then.
  await digits.waitFor()
  await digits.fill(/\d{4} \d{4}/.exec(bench.mails.at(-1)?.text ?? '')?.[0] ?? '')
  await page.keyboard.press('Enter')
}

describe('account page', () => {
  test('signs up by a code, takes a passkey, signs out, and in again with it', async () => {
    const page = await openPage(browser, accountUrl, faults, phone)
    await withAuthenticator(page)
    await page.getByLabel('Your e-mail address').waitFor()
    await expectAccessible(page)
    await page.getByLabel('Your e-mail address').fill('ida@shop.example')
    await page.getByRole('button', { name: 'Send me a code' }).dblclick()
    await page.getByLabel('The eight digits').fill('0000 0000')
    await page.keyboard.press('Enter')
    await page.getByText('the code is wrong, used or too old').waitFor()
    await expectAccessible(page)
    await page.getByLabel('The eight digits').fill(/\d{4} \d{4}/.exec(bench.mails.at(-1)?.text ?? '')?.[0] ?? '')
    await page.getByRole('button', { name: 'Sign in', exact: true }).dblclick()
    await page.getByText('Hello, ida').waitFor()
    const asked = "SELECT what FROM audit WHERE what LIKE 'sign-in-%' ORDER BY position"
    expect(await bench.sql.query(asked)).toEqual([{ what: 'sign-in-asked' }, { what: 'sign-in-refused' }])

    await page.getByText('Name and sign-in').click()
    await page.getByLabel('What we call you').fill('Ida')
    await page.keyboard.press('Enter')
    await page.getByText('Hello, Ida').waitFor()
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByText('The passkey was added.').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByText('Hello, Ida').waitFor()
    await page.reload()
    await page.getByText('Hello, Ida').waitFor()
  })

  test('is empty after signing out, without an answer too, and takes the key for entry codes off phone and account', async () => {
    const page = await openPage(browser, accountUrl, faults, phone)
    await page.getByLabel('Your e-mail address').waitFor()
    await signInByCode(page, 'kim@shop.example')
    await page.locator('.code').first().waitFor()
    const phones = () =>
      bench.sql.query(
        "SELECT entry_key.id FROM entry_key JOIN account ON account.id = account_id WHERE email = 'kim@shop.example'",
      )
    await expect.poll(phones).toHaveLength(1)
    await page.context().setOffline(true)
    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await page.getByText('nothing of your account is left on this page').waitFor()
    expect(await page.locator('body').innerText()).not.toMatch(/kim/i)
    expect(await page.evaluate(keysInBrowser)).toBe(0)
    await expectAccessible(page)
    await page.context().setOffline(false)
    await page.getByLabel('Your e-mail address').waitFor()
    expect(await phones()).toEqual([])
    await page.reload()
    await page.getByLabel('Your e-mail address').waitFor()
  })

  test('asks for a fresh sign-in before a passkey is removed', async () => {
    const page = await openPage(browser, accountUrl, faults)
    await withAuthenticator(page)
    await signInByCode(page, 'jo@shop.example')
    await page.getByText('Name and sign-in').click()
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByText('The passkey was added.').waitFor()
    bench.advance(11 * 60_000)
    await page.getByRole('button', { name: /^Remove/ }).click()
    await page.getByText('Please sign in again to go on').waitFor()
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.getByRole('button', { name: /^Remove/ }).click()
    await page.getByText('The passkey was removed.').waitFor()
    await page.getByText('None yet.').waitFor()
  })

  test.each(looks)('sign-in and what opens the account are accessible, %s', async (name, options) => {
    const page = await openPage(browser, accountUrl, faults, options)
    await page.getByLabel('Your e-mail address').waitFor()
    await expectAccessible(page)
    await signInByCode(page, `${name.replaceAll(' ', '-')}@shop.example`)
    await page.getByText('Name and sign-in').click()
    await page.getByText('Where you are signed in').waitFor()
    await expectAccessible(page)
  })
})

describe("store's pages", () => {
  let time = Date.UTC(2026, 10, 22, 9)

  /** A gateway's pages over a made-up shop, with staff of their own. */
  async function openStore() {
    const staff = await testStaff(() => time++)
    const live = async () => sampleView(store)
    const app = await build(
      await testHttpDeps({ store, live, pages, staff, door: createDoor(staff, () => null), now: () => time }),
    )
    const url = (await app.listen({ port: 0, host: '127.0.0.1' })).replace('127.0.0.1', 'localhost')
    const close = async () => {
      await app.close()
      await staff.close()
    }
    return { staff, url, close }
  }

  test('send who is not signed in to the sign-in page and back, with a code that was typed or in a link', async () => {
    const { staff, url, close } = await openStore()
    const { secret } = await staff.add('marta', 'viewer')
    const page = await openPage(browser, `${url}/devices/`, faults, phone)
    await page.getByLabel('Sign-in code').fill('WRONG')
    await page.keyboard.press('Enter')
    await page.getByText('the link or code was used already').waitFor()
    await expectAccessible(page)
    await page.getByLabel('Sign-in code').fill(secret)
    await page.keyboard.press('Enter')
    await page.waitForURL(`${url}/devices/`)
    await page.getByText('3 of 11 devices need a look.').waitFor()
    await page.getByRole('button', { name: 'Sign out marta' }).click()
    await page.getByLabel('Sign-in code').waitFor()
    const other = await openPage(browser, `${url}/sign-in/#sign-in=${(await staff.newCode('marta')).secret}`, faults)
    await other.waitForURL(`${url}/`)
    await other.locator('.dot').first().waitFor()
    await other.getByRole('button', { name: 'Sign out marta' }).click()
    await other.getByLabel('Sign-in code').waitFor()
    // Into the address of the tab in which the page is.
    await other.evaluate(`location.hash = '#sign-in=${(await staff.newCode('marta')).secret}'`)
    await other.locator('.dot').first().waitFor()
    await staff.remove('marta')
    await other.reload()
    await other.getByLabel('Sign-in code').waitFor()
    await close()
  })

  test('let an admin add a passkey and a colleague, and see it in what was done', async () => {
    const { staff, url, close } = await openStore()
    const { secret } = await staff.add('anna', 'admin')
    const page = await openPage(browser, `${url}/sign-in/#sign-in=${secret}`, faults)
    await withAuthenticator(page)
    await page.getByRole('link', { name: 'Staff' }).click()
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByText('The passkey was added.').waitFor()
    await page.getByLabel('Name').fill('Otto')
    await page.keyboard.press('Enter')
    const code = await page.locator('.secret').innerText()
    const otto = await openPage(browser, `${url}/sign-in/#next=/reviews/`, faults)
    await otto.getByLabel('Sign-in code').fill(code)
    await otto.keyboard.press('Enter')
    await otto.waitForURL(`${url}/reviews/`)
    time += 11 * 60_000
    await page.getByText('Otto', { exact: true }).first().click()
    await page.getByRole('button', { name: 'Remove Otto' }).click()
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.waitForURL(`${url}/staff/`)
    await page.getByText('Otto', { exact: true }).first().click()
    await page.getByRole('button', { name: 'Remove Otto' }).click()
    await page.getByRole('button', { name: 'Remove Otto' }).waitFor({ state: 'detached' })
    await page.reload()
    await page.getByText('account removed').waitFor()
    await close()
  })

  test.each(looks)('sign-in and staff page are accessible, %s', async (_name, options) => {
    const { staff, url, close } = await openStore()
    const { secret } = await staff.add('anna', 'admin')
    await staff.add('Otto', 'operator')
    const page = await openPage(browser, `${url}/sign-in/#next=/staff/`, faults, options)
    await page.getByLabel('Sign-in code').fill(secret)
    await expectAccessible(page)
    await page.keyboard.press('Enter')
    await page.getByText('Otto', { exact: true }).first().click()
    await page.getByText('anna signed in').waitFor()
    await expectAccessible(page)
    await close()
  })
})

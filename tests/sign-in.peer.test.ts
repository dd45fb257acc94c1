/** Signing in on the pages, in a real browser: by code, and by a passkey of its virtual authenticator. */
import { execFileSync } from 'node:child_process'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, openBench } from '../cloud-sync/testing/service.ts'
import { expectAccessible, launchBrowser, looks, openPage, phone } from './pages/browser.ts'

let browser: Browser
let bench: Bench
let accountUrl: string
let faults: string[]

beforeAll(async () => {
  execFileSync('npm', ['run', 'build:pages'], { stdio: 'pipe', shell: process.platform === 'win32' })
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

async function signInByCode(page: Page, email: string): Promise<void> {
  await page.getByLabel('Your e-mail address').fill(email)
  await page.keyboard.press('Enter')
  await page.getByLabel('The eight digits').fill(/\d{4} \d{4}/.exec(bench.mails.at(-1)?.text ?? '')?.[0] ?? '')
  await page.keyboard.press('Enter')
}

describe('account page', () => {
  test('signs up by a code, takes a passkey, signs out, and in again with it', async () => {
    const page = await openPage(browser, accountUrl, faults, phone)
    await withAuthenticator(page)
    await page.getByLabel('Your e-mail address').waitFor()
    await expectAccessible(page)
    await page.getByLabel('Your e-mail address').fill('ida@shop.example')
    await page.keyboard.press('Enter')
    await page.getByLabel('The eight digits').fill('0000 0000')
    await page.keyboard.press('Enter')
    await page.getByText('the code is wrong, used or too old').waitFor()
    await expectAccessible(page)
    await page.getByLabel('The eight digits').fill(/\d{4} \d{4}/.exec(bench.mails.at(-1)?.text ?? '')?.[0] ?? '')
    await page.keyboard.press('Enter')
    await page.getByText('Hello, ida').waitFor()

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

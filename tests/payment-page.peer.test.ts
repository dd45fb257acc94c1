/** Choosing a card, and confirming a payment, on the pages of others: from the account page and back, in a real browser. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createStripeProvider } from '../cloud-sync/payments/stripe.ts'
import { purchaseOf } from '../cloud-sync/testing/purchase.ts'
import { type Bench, call, newShopper, openBench, signInFragment, storeToken } from '../cloud-sync/testing/service.ts'
import { type StripeServer, startStripeServer } from '../cloud-sync/testing/stripe-server.ts'
import { expectAccessible, launchBrowser, openPage, phone } from './pages/browser.ts'

let browser: Browser
let stripe: StripeServer
let bench: Bench
let url: string

beforeAll(async () => {
  browser = await launchBrowser()
  stripe = await startStripeServer()
  const options = { key: 'sk_test_1', webhookSecret: null, publicUrl: 'https://shop.test/', server: stripe.url }
  bench = await openBench((now) => createStripeProvider({ ...options, now }))
  url = await bench.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  await browser?.close()
  await bench?.close()
  await stripe?.close()
})

test('account page leads to the provider’s page for a card and to the bank for a payment, and takes what came of it', async () => {
  await newShopper(bench, 'anna')
  await call(bench.app, storeToken, '/v1/purchases', purchaseOf('trip-1', { account: 'anna' }))
  await bench.payments.run()
  const faults: string[] = []
  const page = await openPage(browser, `${url}/${await signInFragment(bench, 'anna')}`, faults, phone)
  await page.route('https://*.test/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<h1>Elsewhere</h1>' }),
  )
  await page.getByText('your account has no way to pay').waitFor()
  await expectAccessible(page)

  await page.getByRole('button', { name: 'Choose a card' }).dblclick()
  await page.waitForURL('https://checkout.test/cs_1')
  expect(stripe.requests.filter(({ what }) => what === 'POST /v1/checkout/sessions')).toHaveLength(1)
  stripe.choose('cs_1', 'pm_careful')
  await page.goto(`${url}/?enrolled`)
  await page.getByText('charged to the card that you chose').waitFor()
  expect(page.url()).toBe(`${url}/`)
  await bench.payments.run()

  await page.getByRole('link', { name: 'Confirm it to your bank' }).click()
  await page.waitForURL('https://bank.test/pi_1')
  stripe.succeed('pi_1')
  bench.advance(60_000)
  await bench.payments.run()
  await page.goto(`${url}/?payment_intent=pi_1&redirect_status=succeeded`)
  await page.locator('.chip', { hasText: 'paid' }).waitFor()
  expect([page.url(), faults]).toEqual([`${url}/`, []])
})

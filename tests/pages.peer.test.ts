/** The pages in a real browser: what people see, and that it is accessible. */
import type { Browser, BrowserContextOptions, Locator } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { billed, purchaseOf } from '../cloud-sync/testing/purchase.ts'
import {
  type Bench,
  call,
  newShopper,
  openBench,
  put,
  signInFragment,
  storeToken,
} from '../cloud-sync/testing/service.ts'
import { demoStore } from '../simulators/layout/store.ts'
import { expectAccessible, launchBrowser, looks, openPage, phone } from './pages/browser.ts'
import { type MockGateway, startMockGateway } from './pages/mock-gateway.ts'
import { sampleLate } from './pages/sample-late.ts'
import { sampleReview } from './pages/sample-review.ts'
import { sampleView } from './pages/sample-view.ts'

const store = demoStore({ entry: 'gated', scales: 'plates' })
const view = sampleView(store)

let browser: Browser
let gateway: MockGateway
let bench: Bench
let accountUrl: string
let faults: string[]

beforeAll(async () => {
  browser = await launchBrowser()
  const review = { ...sampleReview(store, 'trip-of-t-5', view.time - 150_000), late: ['late-of-a-shelf'] }
  gateway = await startMockGateway(store, view, review, sampleLate(store, view.time - 60_000))
  bench = await openBench()
  accountUrl = await bench.app.listen({ port: 0, host: '127.0.0.1' })
  await call(bench.app, storeToken, '/v1/stores/s1/accounts?name=Via%20Roma%201')
})
afterAll(async () => {
  await browser?.close()
  await gateway?.close()
  await bench?.close()
})
beforeEach(() => {
  faults = []
})
afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
  expect(faults, 'errors in the browser').toEqual([])
})

const open = (url: string, options: BrowserContextOptions = {}) => openPage(browser, url, faults, options)

/** What people read in all elements found, once there is one. */
async function textOf(found: Locator): Promise<string> {
  await found.first().waitFor()
  return (await found.allInnerTexts()).join('\n')
}

describe('live page', () => {
  test('live page shows shoppers, their carts, events and bills', async () => {
    const page = await open(gateway.url)
    await page.getByRole('heading', { name: store.name }).waitFor()
    await page.locator('.dot').first().waitFor()
    await expect.poll(() => page.locator('.dot').count()).toBe(5)
    const cart = page.locator('.cart', { hasText: 'Shopper 7' })
    expect(await textOf(cart)).toMatch(/account anna[\s\S]*3 items[\s\S]*unsure/)
    expect(await textOf(page.locator('.event').first())).toContain('14:03:08')
    expect(await textOf(page.locator('.event').first())).toMatch(/Shopper \d+ (took|put) \d × .* shelf g\d-s\d/)
    await expect
      .poll(() => page.locator('.bill').allInnerTexts())
      .toEqual([
        expect.stringContaining('waiting to be sent'),
        expect.stringMatching(/in review[\s\S]*sent/),
        expect.stringContaining('took nothing'),
        expect.stringContaining('account carla'),
      ])
  })

  test('live page opens a cart from the plan by the keyboard', async () => {
    const page = await open(gateway.url)
    const dot = page.getByRole('button', { name: /^Shopper 10, 6 items, €/ }).first()
    await dot.focus()
    await page.keyboard.press('Enter')
    await page.locator('.cart.selected', { hasText: 'Shopper 10' }).waitFor()
    await expect.poll(() => dot.getAttribute('aria-pressed')).toBe('true')
  })

  test('live page follows the feed: a shelf flashes, a shopper moves, a sentence appears', async () => {
    const page = await open(gateway.url)
    await page.locator('.dot').first().waitFor()
    const cell = store.planogram[0]?.cells[0] ?? ''
    const shoppers = view.shoppers.slice(0, 1).map((shopper) => ({ ...shopper, position: [1, 2] as [number, number] }))
    const event = { ts: view.time, kind: 'put', sku: '1', quantity: 1, cells: [cell], shopper: 't-7', confidence: 0.8 }
    gateway.show({ ...view, time: view.time + 200, shoppers, events: [...view.events, event as never] })
    await page.locator('.flash.put').first().waitFor()
    await expect.poll(() => page.locator('.dot').getAttribute('style')).toContain('translate(100px, -200px)')
    expect(await textOf(page.locator('.event').first())).toContain('Shopper 7 put 1 × 1 back on shelf')
    gateway.show(view)
  })

  test('live page says that the connection is lost, and comes back by itself', async () => {
    const page = await open(gateway.url)
    await page.locator('.dot').first().waitFor()
    gateway.fail()
    await page.getByText('No connection to the gateway.').waitFor()
    expect(await textOf(page.getByRole('alert'))).toContain('This is how it was at 14:03:12')
    gateway.mend()
    await page.getByText('No connection to the gateway.').waitFor({ state: 'detached' })
    expect(await textOf(page.locator('.chip.pulse'))).toBe('Live')
  })

  test.each(looks)('live page is accessible, %s', async (_name, options) => {
    const page = await open(gateway.url, options)
    await page.locator('.dot').first().waitFor()
    await expectAccessible(page)
  })
})

describe('devices page', () => {
  test('devices page puts trouble first, in words, and shows what was refused', async () => {
    const page = await open(`${gateway.url}/devices/`)
    await page.getByText('3 of 11 devices need a look.').waitFor()
    const rows = await page.locator('tbody tr').allInnerTexts()
    expect(rows.slice(0, 4)).toEqual([
      expect.stringMatching(/Offline[\s\S]*lost its connection[\s\S]*1 h ago/),
      expect.stringMatching(/Silent[\s\S]*42 s ago/),
      expect.stringMatching(/Never seen[\s\S]*battery 11 %/),
      expect.stringMatching(/Working/),
    ])
    expect(await textOf(page.locator('.refused'))).toMatch(/schema\s+12 times[\s\S]*found "60", wanted number/)
  })

  test.each(looks)('devices page is accessible, %s', async (_name, options) => {
    const page = await open(`${gateway.url}/devices/`, options)
    await page.locator('tbody tr').first().waitFor()
    await expectAccessible(page)
  })
})

describe('reviews page, of what was said too late', () => {
  test.each(looks)('reviews page is accessible with a case of what was said too late, %s', async (_name, options) => {
    const page = await open(`${gateway.url}/reviews/#late/late-of-a-shelf`, options)
    await page.getByRole('radio').first().check()
    await expectAccessible(page)
  })

  test('reviews page says of a bill why it is in doubt, leads to what the shelf said, and closes it by the keyboard', async () => {
    const page = await open(`${gateway.url}/reviews/#trip-of-t-5`)
    await page.getByRole('link', { name: 'See what it said' }).click()
    const doubts = page.locator('.doubt')
    await doubts.nth(2).waitFor()
    const [first, second, third] = await doubts.allInnerTexts()
    expect(first).toMatch(/became 541 g lighter[\s\S]*said on 21 November 2026, 14:01: 7 min later[\s\S]*83 of 100/)
    expect(first).toMatch(/Shopper 5: the bill waits for a review Open it[\s\S]*Shopper 3: the bill was final/)
    expect(second).toMatch(/was put there[\s\S]*it concerns no shopper/)
    expect(third).toMatch(/the clock of this scale is wrong[\s\S]*not for sale/)
    await page.getByRole('radio', { name: 'It is on the bill of shopper 5' }).press('Space')
    await page.getByRole('button', { name: 'Close the case' }).press('Enter')
    await page.getByText('Marta decided').waitFor()
    expect(gateway.closed).toEqual([{ outcome: 'billed', tripId: 'trip-of-t-5', count: 3 }])
  })
})

describe('reviews page', () => {
  test('reviews page is announced on the live page, and lays the competing receipts before a person', async () => {
    const live = await open(gateway.url)
    await live.getByRole('link', { name: 'Reviews 3 open' }).click()
    const choices = live.locator('.choice')
    await choices.first().waitFor()
    await expect
      .poll(() => choices.allInnerTexts())
      .toEqual([
        expect.stringMatching(/1 × .*\s+1 × .*\s+62 of 100/),
        expect.stringMatching(/1 × .*\s+31 of 100/),
        expect.stringMatching(/5 of 100/),
      ])
    expect(await live.locator('.choice strong').first().innerText()).toContain(store.products[0]?.name)
    const doubt = live.locator('.doubt').first()
    expect(await textOf(doubt)).toMatch(/became 541 g lighter[\s\S]*shopper 5 took[\s\S]*shopper 7 took/i)
    await expect.poll(() => doubt.getByRole('img').count()).toBe(2)
  })

  test('reviews page moves weights and people to the moment that is asked for', async () => {
    const page = await open(`${gateway.url}/reviews/#trip-of-t-5`)
    const slider = page.getByRole('slider').first()
    await slider.waitFor()
    const place = () => page.locator('.person.theirs .body').first().getAttribute('cx')
    const before = await place()
    await slider.press('ArrowLeft')
    await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe('0.2 s before')
    expect(await place()).not.toBe(before)
  })

  test.each(looks)('reviews page is accessible, %s', async (_name, options) => {
    const page = await open(`${gateway.url}/reviews/#trip-of-t-5`, options)
    await page.getByRole('radio').first().check()
    await expectAccessible(page)
  })

  test('reviews page settles a bill by the keyboard alone, with edited quantities', async () => {
    const page = await open(`${gateway.url}/reviews/#trip-of-t-5`)
    const [first, , third] = store.products
    await page.getByRole('radio').first().focus()
    await page.keyboard.press('Space')
    await page.getByRole('button', { name: `One ${first?.name} more` }).press('Enter')
    await page.getByRole('button', { name: `One ${third?.name} less` }).press('Enter')
    await page.getByLabel('Add a product').fill(store.products[5]?.name ?? '')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: /^Charge shopper/ }).press('Enter')
    await page.getByText('settled already in another way').waitFor()
    await page.getByRole('button', { name: /^Charge shopper/ }).press('Enter')
    await page.getByText('Marta decided').waitFor()
    expect(gateway.decisions).toEqual([
      {
        lines: [
          { sku: first?.sku, quantity: 2 },
          { sku: store.products[5]?.sku, quantity: 1 },
        ],
      },
    ])
    await expectAccessible(page)
  })
})

describe('account page', () => {
  /** An account, and the address that signs in to it once. */
  const newAccount = async (id: string, name: string) => {
    const { token } = await newShopper(bench, id, name)
    return { token, link: `${accountUrl}/${await signInFragment(bench, id)}` }
  }
  const bill = (trip: string, changes: Parameters<typeof purchaseOf>[1]) =>
    call(bench.app, storeToken, '/v1/purchases', purchaseOf(trip, changes))

  test('account page shows a new bill by itself, with lines, tax by rate and total', async () => {
    const { link } = await newAccount('anna', 'Anna')
    const page = await open(link)
    await page.getByText('No bills yet').waitFor()
    expect(page.url()).toBe(`${accountUrl}/`)
    await page.getByRole('img', { name: 'QR code for the gate of Via Roma 1' }).waitFor()
    await bill('trip-1', { account: 'anna' })
    const shown = page.locator('.bill')
    await shown.waitFor()
    const text = await textOf(shown)
    expect(text).toMatch(/Via Roma 1[\s\S]*21 November 2026, 13:01[\s\S]*€11.99/)
    expect(text).toMatch(/2 × €1.50[\s\S]*Total[\s\S]*Includes 10 % tax on €3.00[\s\S]*€0.27[\s\S]*22 % tax on €8.99/)
    await page.reload()
    await page.getByText('Hello, Anna').waitFor()
  })

  test('account page explains a bill in review, and shows older bills when asked', async () => {
    const { link } = await newAccount('bruno', 'Bruno')
    const { bill: content, ...cart } = billed([])
    for (let i = 0; i < 22; i++)
      await bill(`bruno-${i}`, {
        account: 'bruno',
        tripEndTime: purchaseOf('').tripStartTime + i * 1000,
        ...cart,
        bill: { ...content, status: i === 21 ? 'review' : 'final' },
      })
    const page = await open(link)
    await page.getByText('a person checks this bill first').waitFor()
    const decided = { ...content, checkedAt: purchaseOf('').tripEndTime + 60_000 }
    await expect.poll(() => page.locator('.bill').count()).toBe(20)
    await page.getByRole('button', { name: 'Show older bills' }).click()
    await page.locator('.bill').nth(21).waitFor()
    await expect.poll(() => page.getByRole('button', { name: 'Show older bills' }).count()).toBe(0)
    const tripEndTime = purchaseOf('').tripStartTime + 21_000
    await bill('bruno-21', { account: 'bruno', tripEndTime, ...cart, bill: decided })
    await page.getByText('A person checked this bill').waitFor()
    await expect.poll(() => page.locator('.bill').count()).toBe(22)
    await expect.poll(() => page.getByText('being checked').count()).toBe(0)
  })

  test('account page tells of a payment that failed, takes it when asked, and shows what was given back', async () => {
    const { link, token } = await newAccount('dora', 'Dora')
    await put(bench.app, token, '/v1/me/payment-method', { token: 'test-authentication' })
    await bill('dora-1', { account: 'dora' })
    await bench.payments.run()
    const page = await open(link, { colorScheme: 'dark', ...phone })
    await page.getByText('The gate stays closed for you, because a bill is not paid').waitFor()
    await page.getByText('your bank wants you to confirm it yourself').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Pay €11.99 now' }).click()
    await page.getByText('payment on its way').waitFor()
    await bench.payments.run()
    await page.locator('.chip', { hasText: 'paid' }).waitFor()
    await expect.poll(() => page.getByText('The gate stays closed').count()).toBe(0)
    await page.getByLabel('Your bills are charged to').selectOption({ label: 'A card that works' })
    await page.getByText('Changed.').waitFor()
    const refund = { idempotentRefundId: 'dora-r', reason: 'returned', lines: [{ sku: 'wine-75', quantity: 1 }] }
    await call(bench.app, storeToken, '/v1/purchases/dora-1/refunds', refund)
    await bench.payments.run()
    await page.getByText('sent to you').waitFor()
    expect(await textOf(page.getByRole('region', { name: 'Refunds' }))).toMatch(
      /1 × Product wine-75: brought back[\s\S]*−€8.99/,
    )
    await expectAccessible(page)
  })

  test.each(looks)('account page says that a refund came back and what happens then, %s', async (name, options) => {
    const id = `back-${name.replaceAll(' ', '-')}`
    const { token } = await newAccount(id, 'Dora')
    await put(bench.app, token, '/v1/me/payment-method', { token: 'test-refund-returns' })
    await bill(id, { account: id })
    await bench.payments.run()
    const refund = { idempotentRefundId: id, reason: 'returned', amountMinor: 150 }
    await call(bench.app, storeToken, `/v1/purchases/${id}/refunds`, refund)
    await bench.payments.run()
    bench.advance(86_400_000)
    await bench.payments.run()
    const page = await open(`${accountUrl}/${await signInFragment(bench, id)}`, options)

    await page.getByText('refund failed').waitFor()
    expect(await textOf(page.getByRole('region', { name: 'Refunds' }))).toMatch(
      /was sent, but your bank sent it back: the store tries again or pays you in another way[\s\S]*−€1.50/,
    )
    await expectAccessible(page)
  })

  test('account page gives everything to take along, and erases the account when nothing is owed', async () => {
    const { link, token } = await newAccount('emma', 'Emma')
    await put(bench.app, token, '/v1/me/payment-method', { token: 'test-declined' })
    await bill('emma-1', { account: 'emma' })
    await bench.payments.run()
    const page = await open(link, phone)
    const coming = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Download everything' }).click()
    expect((await coming).suggestedFilename()).toBe('tillfree-account.json')
    await page.locator('summary', { hasText: 'Erase my account' }).click()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Erase it for ever' }).click()
    await page.getByText('can be erased when that is settled').waitFor()
    await put(bench.app, token, '/v1/me/payment-method', { token: 'test-ok' })
    await bench.payments.run()
    await page.getByRole('button', { name: 'Erase it for ever' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  })

  test('account page explains a link that was used, and asks to sign in without one', async () => {
    const { link } = await newAccount('emil', 'Emil')
    const first = await open(link)
    await first.getByText('Hello, Emil').waitFor()
    const again = await open(link)
    await again.getByText('This link signs nobody in').waitFor()
    await again.getByRole('heading', { name: 'Sign in' }).waitFor()
    const none = await open(accountUrl)
    await none.getByRole('heading', { name: 'Sign in' }).waitFor()
    await expectAccessible(again)
  })

  test.each(looks)('account page is accessible, %s', async (name, options) => {
    const id = name.replaceAll(' ', '-')
    const { link } = await newAccount(id, 'Carla')
    await bill(`trip-of-${id}`, { account: id })
    const page = await open(link, options)
    await page.locator('.bill').waitFor()
    await expectAccessible(page)
  })
})

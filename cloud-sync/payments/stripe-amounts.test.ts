import { expect, test } from 'vitest'
import { startStripeServer } from '../testing/stripe-server.ts'
import type { Order } from './provider.ts'
import { createStripeProvider } from './stripe.ts'

const at = Date.UTC(2026, 10, 21, 13)
const known = {
  createdAt: at,
  knownSince: at,
  mayBeForgotten: false,
  isNew: true,
  isCancelled: false,
  isReplaced: false,
}
const charge = {
  ...known,
  key: 'c',
  kind: 'charge',
  method: 'cus_1-pm_ok',
  tryNumber: 1,
  shopperPresent: false,
} as const

/** What becomes of each order of this amount, and the amounts that Stripe was asked for. */
async function sent(currency: string, amountMinor: number) {
  const stripe = await startStripeServer()
  const options = { key: 'sk_test_1', webhookSecret: null, publicUrl: 'https://shop.test/', now: () => at }
  const provider = createStripeProvider({ ...options, server: stripe.url })
  const refund: Order = { ...known, key: 'r', firstKey: 'r', kind: 'refund', reference: 'pi_1', currency, amountMinor }
  const answers = [await provider.send({ ...charge, currency, amountMinor }), await provider.send(refund)]
  await stripe.close()
  const amounts = stripe.requests.flatMap(({ fields }) => fields.amount ?? [])
  return { kinds: answers.map(({ kind }) => kind), amounts }
}

test.each([
  ['ISK', 1200, '120000'],
  ['UGX', 5000, '500000'],
  ['MGA', 150_000, '1500'],
  ['KWD', 5120, '5120'],
  ['JPY', 500, '500'],
])('send() takes and gives back %s %i as Stripe counts it: %s', async (currency, amountMinor, amount) => {
  expect(await sent(currency, amountMinor)).toEqual({ kinds: ['captured', 'refunded'], amounts: [amount, amount] })
})

test.each([
  ['KWD', 5124],
  ['MGA', 150_020],
])('send() declines %s %i, of which Stripe moves none', async (currency, amountMinor) => {
  expect(await sent(currency, amountMinor)).toEqual({ kinds: ['declined', 'declined'], amounts: [] })
})

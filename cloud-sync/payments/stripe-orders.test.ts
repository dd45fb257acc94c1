/** What Stripe is asked for one order, and what is taken for its answer, against a server of ours that behaves like Stripe. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type StripeServer, startStripeServer } from '../testing/stripe-server.ts'
import type { PaymentProvider } from './provider.ts'
import { createStripeProvider } from './stripe.ts'

const hourMs = 3_600_000
const start = Date.UTC(2026, 10, 21, 13)
let at = start
let stripe: StripeServer
let provider: PaymentProvider
beforeEach(async () => {
  at = start
  stripe = await startStripeServer()
  const options = { key: 'sk_test_1', webhookSecret: null, publicUrl: 'https://shop.test/', server: stripe.url }
  provider = createStripeProvider({ ...options, now: () => at })
})
afterEach(() => stripe.close())

const times = { createdAt: start, knownSince: start, mayBeForgotten: false, isNew: true }
const order = {
  ...times,
  kind: 'charge',
  key: 'attempt-1',
  currency: 'EUR',
  method: 'cus_1-pm_ok',
  tryNumber: 1,
  shopperPresent: false,
  isCancelled: false,
  isReplaced: false,
} as const

test('createStripeProvider() looks for a payment that was sent or that books from a copy may have forgotten, however young it seems', async () => {
  const charge = (mayBeForgotten: boolean, isNew = true) =>
    provider.send({ ...order, amountMinor: 700, mayBeForgotten, isNew })
  const first = await charge(false)
  stripe.forgetKeys()
  expect([await charge(true), stripe.netMinor()]).toEqual([first, 700])
  expect([await charge(false, false), stripe.netMinor()]).toEqual([first, 700])
})

test('createStripeProvider() takes no payment or refund of another amount or currency for that of an order', async () => {
  const charge = (amountMinor: number, currency = 'EUR') => provider.send({ ...order, amountMinor, currency })
  expect(await charge(700)).toMatchObject({ kind: 'captured' })
  at += 25 * hourMs
  await expect(charge(1000)).rejects.toThrow('attempt attempt-1: found payment pi_1 of 700 EUR, wanted one of 1000 EUR')
  await expect(charge(700, 'USD')).rejects.toThrow('found payment pi_1 of 700 EUR, wanted one of 700 USD')
  expect([await charge(700), stripe.netMinor()]).toEqual([{ kind: 'captured', reference: 'pi_1' }, 700])
  const refund = (amountMinor: number) =>
    provider.send({ ...order, kind: 'refund', key: 'refund-1', firstKey: 'refund-1', amountMinor, reference: 'pi_1' })
  expect(await refund(300)).toMatchObject({ kind: 'refunded' })
  await expect(refund(400)).rejects.toThrow('of 300 EUR, wanted one of 400 EUR')
  expect(stripe.netMinor()).toBe(400)
})

test('createStripeProvider() finds a refund among more than Stripe lists at once', async () => {
  const fields = { ...times, isNew: false, kind: 'refund', currency: 'EUR', amountMinor: 1, reference: 'pi_1' } as const
  const refund = (key: string) => provider.send({ ...fields, key, firstKey: key })
  for (let i = 0; i <= 100; i++) await refund(`refund-${i}`)
  stripe.forgetKeys()
  expect([await refund('refund-0'), stripe.refunds.length]).toEqual([{ kind: 'refunded', reference: 're_1' }, 101])
})

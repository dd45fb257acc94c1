/** What an account page asks about paying: to be charged now, and what with. */
import { ref } from '../schemas.ts'
import { accountOfCaller, config, security } from './own-account.ts'
import { BillParams } from './shopper.ts'
import type { App, Parts } from './types.ts'

/** The provider counts what it is asked, too; who has tried several cards comes to a handful. */
const pageRate = { max: 20, timeWindow: 3_600_000 }

export function paymentRoutes(app: App, { accounts, bills, enrolments, payments, people }: Parts): void {
  const accountOf = accountOfCaller(accounts)

  app.post(
    '/v1/me/bills/:id/pay',
    {
      config,
      schema: {
        summary: 'Have a bill charged now whose payment did not go through',
        description: 'The answer is the bill, whose payment is under way then; look at it again for what became of it.',
        security,
        params: BillParams,
        response: {
          202: ref('AccountBill'),
          401: ref('Error'),
          404: ref('Error'),
          409: ref('Error'),
          429: ref('Error'),
        },
      },
    },
    async (request, reply) => {
      const account = await accountOf(request)
      await payments.pay(account, request.params.id)
      return reply.code(202).send(await bills.one(account.id, request.params.id))
    },
  )

  app.get(
    '/v1/me/payment-method',
    {
      config,
      schema: {
        summary: 'What this account pays with',
        security,
        response: { 200: ref('PaymentMethod'), 401: ref('Error') },
      },
    },
    async (request) => payments.method(await accountOf(request)),
  )

  app.put(
    '/v1/me/payment-method',
    {
      config,
      schema: {
        summary: 'Change what this account pays with',
        description: 'Bills whose payment did not go through are charged to it at once.',
        security,
        body: ref('NewPaymentMethod'),
        response: { 200: ref('PaymentMethod'), 400: ref('Error'), 401: ref('Error'), 422: ref('Error') },
      },
    },
    async (request) => {
      const account = await accountOf(request)
      const method = await payments.setMethod(account, request.body.token)
      await people.audit.append({ what: 'payment-method-changed', who: account.id, place: request.ip })
      return method
    },
  )

  app.post(
    '/v1/me/payment-method/page',
    {
      config: { ...config, seldom: pageRate },
      schema: {
        summary: "Open the payment provider's page to choose a card",
        description: 'The shopper comes back to the account page, which then asks for what was chosen to be taken.',
        security,
        response: {
          201: ref('PaymentPage'),
          401: ref('Error'),
          409: ref('Error'),
          429: ref('Error'),
          502: ref('Error'),
        },
      },
    },
    async (request, reply) => reply.code(201).send({ url: await enrolments.begin((await accountOf(request)).id) }),
  )

  app.post(
    '/v1/me/payment-method/chosen',
    {
      config,
      schema: {
        summary: "Take what was chosen on the payment provider's page",
        description: 'Bills whose payment did not go through are charged to it at once. Idempotent.',
        security,
        response: { 200: ref('PaymentMethod'), 401: ref('Error'), 502: ref('Error') },
      },
    },
    async (request) => {
      const account = await accountOf(request)
      await enrolments.finish(account.id)
      return payments.method(account)
    },
  )
}

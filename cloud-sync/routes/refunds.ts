/** What the office of a store asks about money that it gives back. */
import { Type } from 'typebox'
import { RefundSchema } from '../../models/contracts/payments.ts'
import { IdSchema, TripIdSchema } from '../../models/contracts/units.ts'
import type { Note } from '../payments/refunds.ts'
import { subjectOf } from '../people/access.ts'
import type { AuditAct } from '../people/audit-log.ts'
import { ref } from '../schemas.ts'
import { auditName, wantOwn } from '../stores/store-access.ts'
import type { App, Parts } from './types.ts'

const security = [{ store: [] }]
const config = { access: 'office' } as const
const nameField = Type.String({ minLength: 1, maxLength: 128 })
const TripParams = Type.Object({ tripId: TripIdSchema })
const RefundParams = Type.Object({ tripId: TripIdSchema, refundId: nameField })
const storeOf = subjectOf

export function refundRoutes(app: App, { payments, people }: Parts): void {
  const note =
    (what: AuditAct, storeId: string, about: string, place: string, detail: string): Note =>
    (within) =>
      people.audit.append({ what, who: auditName(storeId), about, place, detail }, within)

  app.post(
    '/v1/purchases/:tripId/refunds',
    {
      config,
      schema: {
        summary: 'Give money back',
        description:
          'For products of the bill (`lines`), for an amount (spread over its rates of tax), or for all that is left ' +
          '(neither). Idempotent by idempotentRefundId, for ever: 201 when new, 200 when it was granted before. What ' +
          'was not paid yet is taken off what is owed.',
        security,
        params: TripParams,
        body: ref('NewRefund'),
        response: {
          200: ref('RefundAnswer'),
          201: ref('RefundAnswer'),
          400: ref('Error'),
          401: ref('Error'),
          403: ref('Error'),
          404: ref('Error'),
          409: ref('Error'),
          422: ref('Error'),
        },
      },
    },
    async (request, reply) => {
      const { tripId } = request.params
      const storeId = storeOf(request)
      const { idempotentRefundId, reason } = request.body
      const noted = note('refund-granted', storeId, tripId, request.ip, `${idempotentRefundId}, ${reason}`)
      const answer = await payments.refund({ storeId, tripId }, request.body, noted)
      return reply.code(answer.duplicate ? 200 : 201).send(answer)
    },
  )

  app.get(
    '/v1/stores/:id/failed-refunds',
    {
      config,
      schema: {
        summary: 'Refunds that wait for a person of the store',
        description:
          "The money could not be sent, or came back from the shopper's bank. It is owed to the shopper until it is sent " +
          'again or paid in another way.',
        security,
        params: Type.Object({ id: IdSchema }),
        response: { 200: ref('FailedRefunds'), 401: ref('Error'), 403: ref('Error') },
      },
    },
    async (request) => {
      wantOwn(storeOf(request), request.params.id)
      return payments.failedRefunds(request.params.id)
    },
  )

  const failed = {
    security,
    params: RefundParams,
    response: { 200: RefundSchema, 401: ref('Error'), 403: ref('Error'), 404: ref('Error'), 409: ref('Error') },
  } as const
  app.post(
    '/v1/purchases/:tripId/refunds/:refundId/send-again',
    {
      config,
      schema: {
        ...failed,
        summary: 'Send a refund once more that failed',
        description: 'To what the bill was paid with. One that is being sent stays as it is.',
      },
    },
    async (request) => {
      const [{ tripId, refundId }, storeId] = [request.params, storeOf(request)]
      const noted = note('refund-sent-again', storeId, tripId, request.ip, refundId)
      return payments.sendAgain({ storeId, tripId }, refundId, noted)
    },
  )

  app.post(
    '/v1/purchases/:tripId/refunds/:refundId/paid-otherwise',
    {
      config,
      schema: {
        ...failed,
        summary: 'Say that a refund which failed was paid in another way',
        description: 'From the till or by bank transfer; the payment provider is not asked any more. Idempotent.',
      },
    },
    async (request) => {
      const [{ tripId, refundId }, storeId] = [request.params, storeOf(request)]
      const noted = note('refund-paid-otherwise', storeId, tripId, request.ip, refundId)
      return payments.paidOtherwise({ storeId, tripId }, refundId, noted)
    },
  )
}

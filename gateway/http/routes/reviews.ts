import { Type } from 'typebox'
import { subjectOf } from '../../../cloud-sync/people/access.ts'
import type { DecisionOutcome } from '../../../edge/runtime/port.ts'
import type { DecisionAnswer } from '../../../models/contracts/reviews.ts'
import { GatewayError } from '../errors.ts'
import { ref } from '../schemas.ts'
import { decidedByOf } from './decided-by.ts'
import type { App, Parts } from './types.ts'

const TripParams = Type.Object({
  tripId: Type.String({ minLength: 1, maxLength: 200, description: 'of the trip, as the live view names it' }),
})

export function reviewRoutes(app: App, { reviews, late, staff }: Parts): void {
  const decidedBy = decidedByOf({ reviews, late })

  app.get(
    '/api/reviews/:tripId',
    {
      config: { access: 'viewer' },
      schema: {
        summary: 'A bill in review, and what a person needs to decide about it',
        params: TripParams,
        response: { 200: ref('ReviewCase'), 404: ref('Error') },
      },
    },
    async (request) => {
      const found = await reviews.one(request.params.tripId)
      if (found === null) throw new GatewayError('NO_SUCH_REVIEW', `found "${request.params.tripId}"`)
      return found
    },
  )

  app.post(
    '/api/reviews/:tripId',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Settle a bill that is in review',
        description:
          'Once, for ever, under the name of who is signed in: 200 also when the same was decided before, 409 when something else was.',
        params: TripParams,
        body: ref('NewDecision'),
        response: {
          200: ref('DecisionAnswer'),
          400: ref('Error'),
          404: ref('Error'),
          409: ref('Error'),
          422: ref('Error'),
          503: ref('Error'),
        },
      },
    },
    async (request): Promise<DecisionAnswer> => {
      const { tripId } = request.params
      const reviewer = subjectOf(request)
      const detail = told(request.body.lines)
      const outcome = await staff.acts.run(
        { what: 'review-settled', who: reviewer, about: tripId, place: request.ip, detail },
        decidedBy,
        () => reviews.decide(tripId, { ...request.body, reviewer }),
        (decided) => decided.kind === 'decided' && !decided.duplicate,
      )
      const answer = answerOf(tripId, outcome)
      request.log.info({ ...answer, reviewer }, 'a bill in review is settled')
      return answer
    },
  )
}

function answerOf(tripId: string, outcome: DecisionOutcome): DecisionAnswer {
  switch (outcome.kind) {
    case 'decided':
      return { tripId, totalMinor: outcome.totalMinor, duplicate: outcome.duplicate }
    case 'no-such-case':
      throw new GatewayError('NO_SUCH_REVIEW', `found "${outcome.found}"`)
    case 'wrong-line':
      throw new GatewayError('WRONG_LINE', `${outcome.where}: found "${outcome.found}", wanted ${outcome.wanted}`)
    case 'other-decision':
      throw new GatewayError(
        'OTHER_DECISION',
        `${outcome.decision.reviewer} decided on ${told(outcome.decision.lines)}`,
      )
    case 'not-now':
      throw new GatewayError('NOT_READY', `the journal cannot be written: ${outcome.why}`)
  }
}

function told(lines: readonly { readonly sku: string; readonly quantity: number }[]): string {
  return lines.map(({ sku, quantity }) => `${quantity} x ${sku}`).join(', ') || 'nothing'
}

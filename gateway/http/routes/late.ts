import { Type } from 'typebox'
import { subjectOf } from '../../../cloud-sync/people/access.ts'
import type { LateOutcomeAnswer } from '../../../edge/runtime/port.ts'
import type { LateAnswer } from '../../../models/contracts/late.ts'
import { GatewayError } from '../errors.ts'
import { ref } from '../schemas.ts'
import { decidedByOf } from './decided-by.ts'
import type { App, Parts } from './types.ts'

const CaseParams = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 200, description: 'of the case, as the live view names it' }),
})

/** What shelves said too late. */
export function lateRoutes(app: App, { reviews, late, staff }: Parts): void {
  const decidedBy = decidedByOf({ reviews, late })

  app.get(
    '/api/late/:id',
    {
      config: { access: 'viewer' },
      schema: {
        summary: 'Changes of a shelf that were said too late for any bill, and whose visits they may concern',
        params: CaseParams,
        response: { 200: ref('LateCase'), 404: ref('Error') },
      },
    },
    async (request) => {
      const found = await late.one(request.params.id)
      if (found === null) throw new GatewayError('NO_SUCH_CASE', `found "${request.params.id}"`)
      return found
    },
  )

  app.post(
    '/api/late/:id',
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Close a case of what was said too late',
        description:
          'Once, under the name of who is signed in, and without any change of a bill: 200 also when the same was decided before, 409 when something else was, or more came since.',
        params: CaseParams,
        body: ref('NewLateDecision'),
        response: {
          200: ref('LateAnswer'),
          400: ref('Error'),
          404: ref('Error'),
          409: ref('Error'),
          422: ref('Error'),
          503: ref('Error'),
        },
      },
    },
    async (request): Promise<LateAnswer> => {
      const { id } = request.params
      const { outcome, tripId = null, count } = request.body
      const reviewer = subjectOf(request)
      const detail = tripId === null ? outcome : `${outcome} ${tripId}`
      const settled = await staff.acts.run(
        { what: 'late-closed', who: reviewer, about: id, place: request.ip, detail },
        decidedBy,
        () => late.settle({ lateCase: id, outcome, tripId, reviewer, count }),
        (done) => done.kind === 'settled' && !done.duplicate,
      )
      const answer = answerOf(id, settled)
      request.log.info({ ...answer, outcome, tripId, reviewer }, 'a case of what was said too late is closed')
      return answer
    },
  )
}

function answerOf(id: string, outcome: LateOutcomeAnswer): LateAnswer {
  switch (outcome.kind) {
    case 'settled':
      return { id, duplicate: outcome.duplicate }
    case 'no-such-case':
      throw new GatewayError('NO_SUCH_CASE', `found "${outcome.found}"`)
    case 'other-outcome':
      throw new GatewayError('OTHER_OUTCOME', `${outcome.decision.reviewer} decided on ${outcome.decision.outcome}`)
    case 'more-came':
      throw new GatewayError('MORE_CAME', `found ${outcome.found} changes, wanted ${outcome.wanted}`)
    case 'wrong-trip':
      throw new GatewayError('WRONG_TRIP', `/tripId: found "${outcome.found}", wanted ${outcome.wanted}`)
    case 'not-now':
      throw new GatewayError('NOT_READY', `the journal cannot be written: ${outcome.why}`)
  }
}

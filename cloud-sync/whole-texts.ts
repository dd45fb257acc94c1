/**
 * No request has a text with U+0000: what is compared and kept would end there in one database, and fail in another. Nor one
 * with half of a surrogate pair, which no database keeps as it is.
 */
import type { FastifyInstance } from 'fastify'
import { holdsHalfPair, holdsNul } from '../models/contracts/validate.ts'
import type { CodedError } from './coded-error.ts'

/** `refused` makes what is answered; to be called before any route is added. */
export function wantWholeTexts(app: FastifyInstance, refused: (detail: string) => CodedError): void {
  app.addHook('preValidation', async ({ body, query, params }) => {
    if (holdsNul([body, query, params])) throw refused('found U+0000 in a text, wanted texts without it')
    if (holdsHalfPair([body, query, params]))
      throw refused('found half of a surrogate pair in a text, wanted texts that are Unicode')
  })
}

import type { FastifyReply } from 'fastify'

/** What both services answer when something is wrong: a code that is stable, an HTTP status, and what it means in words. */
export interface Meaning {
  readonly status: number
  readonly means: string
}

/** Thrown by routes and what they call; `detail` says where, what was found and wanted. */
export class CodedError<Code extends string = string> extends Error {
  readonly code: Code
  readonly statusCode: number
  constructor(code: Code, { status, means }: Meaning, detail?: string) {
    super(detail === undefined ? means : `${means}: ${detail}`)
    this.code = code
    this.statusCode = status
  }

  answer(reply: FastifyReply): FastifyReply {
    const { statusCode, code, message } = this
    return reply.code(statusCode).send({ statusCode, code, message })
  }
}

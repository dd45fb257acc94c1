/** What the gateway asks of devices, `cmd/{name}`, and what they answer on `res/{name}` (contract section 2). */
import { type Static, Type } from 'typebox'
import { TimestampSchema } from './units.ts'

const TxnSchema = Type.String({ minLength: 1, maxLength: 64, description: 'ties the answer to the request' })

export const CommandSchema = Type.Object({
  txn: TxnSchema,
  expiresAt: TimestampSchema,
})
export type Command = Static<typeof CommandSchema>

export const CommandAnswerSchema = Type.Object({
  txn: TxnSchema,
  status: Type.Enum(['ok', 'error'], { description: 'whether the device did it' }),
})

/** `sim/time`: a simulator that owns time sets the gateway's clock (`--clock simulated`). */
export const SimulatedTimeSchema = Type.Object({
  now: TimestampSchema,
  after: Type.Integer({
    minimum: 0,
    description: 'device messages that come before, counted since the gateway started',
  }),
})

/** `gw/progress`: the gateway's answer, and at its start its sign of life. */
export const ProgressSchema = Type.Object({
  boot: Type.String({ minLength: 1, maxLength: 64, description: 'random at each start of the gateway' }),
  now: Type.Number({ minimum: 0, description: 'the time that was set, 0 at the start' }),
  received: Type.Integer({ minimum: 0, description: 'device messages received since the start' }),
})
export type Progress = Static<typeof ProgressSchema>

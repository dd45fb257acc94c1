/**
 * The scalar vocabulary of every contract. Units are the contract's: metres in store coordinates (right-handed, z up),
 * grams, milliseconds since the Unix epoch (UTC), dBm, money in integer minor units with an ISO 4217 code.
 */
import { type Static, Type } from 'typebox'

export const idPattern = '^[A-Za-z0-9._-]{1,64}$'
export const IdSchema = Type.String({ pattern: idPattern, description: 'identifier: 1 to 64 of A-Z a-z 0-9 . _ -' })

/** A plain object has it, though nobody put it there (`constructor`, `__proto__`): what is kept by names is not kept by this one. */
export function isOfEveryObject(name: string): boolean {
  return name in Object.prototype
}

/** What somebody calls something: no line breaks and no other control characters. */
export const namePattern = '^[^\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]+$'

/** Store, time and shopper, whose ids may have 64 letters each, and some for which time it was that they came. */
export const TripIdSchema = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'of the trip, the same for ever',
})

/** 2000-01-01 to 2200-01-01: a time outside is a wrong unit (seconds, microseconds), not a wrong clock. */
export const TimestampSchema = Type.Number({
  minimum: 946_684_800_000,
  maximum: 7_258_118_400_000,
  description: 'milliseconds since the Unix epoch, UTC',
})
/** Shop floors end well below a kilometre; more is a wrong unit. */
export const MetresSchema = Type.Number({ minimum: -1000, maximum: 1000, description: 'metres, store coordinates' })
export const GramsSchema = Type.Number({ minimum: -1e6, maximum: 1e6, description: 'grams' })
export const MassSchema = Type.Number({ exclusiveMinimum: 0, maximum: 1e6, description: 'grams, above zero' })
export const MinorUnitsSchema = Type.Integer({
  minimum: 0,
  maximum: 1_000_000_000,
  description: 'money in integer minor units of the currency (ISO 4217)',
})
export const CurrencySchema = Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217 code' })
export const RateSchema = Type.Number({ minimum: 0, maximum: 1, description: 'share of the net price, 0.10 is 10 %' })
export const ConfidenceSchema = Type.Number({ minimum: 0, maximum: 1, description: 'probability of being right' })
export const QuantitySchema = Type.Integer({ minimum: 1, maximum: 10_000, description: 'pieces' })
export const PointSchema = Type.Tuple([MetresSchema, MetresSchema], { description: '[x, y] in metres' })
export const PositionSchema = Type.Tuple([MetresSchema, MetresSchema, MetresSchema], {
  description: '[x, y, z] in metres',
})
/** The identity in an iBeacon (Apple, Proximity Beacon Specification R1): two 16-bit numbers below a UUID. */
const beaconNumber = (what: string) =>
  Type.Integer({ minimum: 0, maximum: 65_535, description: `${what} of the beacon, 16 bits` })
export const beaconIdFields = {
  uuid: Type.String({ minLength: 1, maxLength: 64, description: 'proximity UUID of the beacon' }),
  major: beaconNumber('major number'),
  minor: beaconNumber('minor number'),
}
/** A code read by a scanner: printable, short. QR codes carry up to 4,296 characters; entry codes need few. */
export const CodeSchema = Type.String({
  minLength: 1,
  maxLength: 512,
  pattern: '^[\\x20-\\x7E]+$',
  description: 'what the reader read: printable ASCII',
})

export type Point = Static<typeof PointSchema>
export type Position = Static<typeof PositionSchema>

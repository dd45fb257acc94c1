/** Signing in: bodies that the account service (below `/v1`) and the gateway (below `/api`) share. */
import { type Static, Type } from 'typebox'
import { namePattern, TimestampSchema } from './units.ts'

/** Signs of an address that stand for more, and what nobody sees, which one program drops and another compares. */
const noAddress =
  '\\s@<>()\\[\\]",:;\\\\\\x00-\\x20\\x7f-\\xa0\\xad\\u200b-\\u200f\\u2028-\\u202f\\u2060-\\u206f\\ufeff'

/** Longest that any address may be (RFC 5321, 4.5.3.1.3); what is no address is found when mail comes back. */
export const EmailSchema = Type.String({
  maxLength: 254,
  pattern: `^[^${noAddress}]+@[^${noAddress}/?#%]+$`,
  description: 'e-mail address',
})

const AttemptSchema = Type.String({
  pattern: '^[\\w-]{43}$',
  description: 'of the browser that asked for the code; the code is good together with it alone',
})

export const CodeRequestSchema = Type.Object({ email: EmailSchema })
export const CodeAttemptSchema = Type.Object({ attempt: AttemptSchema })
export const CodeAnswerSchema = Type.Object({
  attempt: AttemptSchema,
  code: Type.String({ pattern: '^[0-9 ]{8,12}$', description: 'the eight digits of the mail' }),
})

export const LinkAnswerSchema = Type.Object({
  secret: Type.String({ maxLength: 64, description: 'of a sign-in link or code, as it was handed over' }),
})
export const SignInLinkSchema = Type.Object({
  secret: Type.String({ description: 'signs in once; nobody can ask for it again' }),
  expiresAt: TimestampSchema,
})
export type SignInLink = Static<typeof SignInLinkSchema>

export const SignInWaysSchema = Type.Object({
  email: Type.Boolean({ description: 'codes can be sent by e-mail' }),
  passkey: Type.Boolean({ description: 'passkeys can be used at the address that was asked' }),
})
export type SignInWays = Static<typeof SignInWaysSchema>

/** As browsers have it (WebAuthn Level 3, 5.1): what is in it is checked where it is used. */
const PasskeyAnswerSchema = Type.Object(
  {
    id: Type.String({ maxLength: 2000, description: 'of the passkey, base64url' }),
    rawId: Type.String({ maxLength: 2000, description: 'the same' }),
    type: Type.Literal('public-key', { description: 'what kind of credential it is' }),
    response: Type.Object({}, { additionalProperties: true, description: 'what the device says, signed' }),
    clientExtensionResults: Type.Object({}, { additionalProperties: true, description: 'of extensions' }),
  },
  { additionalProperties: true },
)
export const PasskeyQuestionSchema = Type.Object(
  {},
  { additionalProperties: true, description: 'options of WebAuthn as JSON' },
)
export const PasskeySignInSchema = Type.Object({ answer: PasskeyAnswerSchema })
const PasskeyNameSchema = Type.String({
  minLength: 1,
  maxLength: 60,
  pattern: namePattern.replace('^', '^(?=.*\\S)'),
  description: 'what its owner calls it',
})
export const NewPasskeySchema = Type.Object({ name: PasskeyNameSchema, answer: PasskeyAnswerSchema })
export const PasskeyViewSchema = Type.Object({
  id: Type.String({ description: 'of the passkey, base64url' }),
  name: PasskeyNameSchema,
  madeAt: TimestampSchema,
  usedAt: Type.Union([TimestampSchema, Type.Null()]),
})
export type PasskeyView = Static<typeof PasskeyViewSchema>

export const SessionViewSchema = Type.Object({
  id: Type.String({ description: 'of the session; opens nothing' }),
  isThis: Type.Boolean({ description: 'the one that asks' }),
  way: Type.Enum(['passkey', 'email-code', 'link'], { description: 'how it was signed in' }),
  place: Type.String({ description: 'network address that it was signed in from' }),
  device: Type.String({ description: 'what the browser called itself' }),
  signedInAt: TimestampSchema,
  seenAt: TimestampSchema,
})
export type SessionView = Static<typeof SessionViewSchema>

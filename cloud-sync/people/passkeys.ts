/**
 * Passkeys (WebAuthn Level 3): made by a phone, a computer or a security key, unlocked there by its owner, good for this
 * site alone. Nobody types a name: the passkey says whose it is. What it asks for is checked by @simplewebauthn/server.
 */
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { hashOf } from '../secrets.ts'
import type { Sql, SqlSession } from '../sql.ts'
import { PeopleError } from './people-error.ts'
import { type Session, wantOpen } from './sessions.ts'

/** Time to find the phone. */
const lifeMs = 5 * 60_000
/** Every device of one person, and some lost ones. */
const mostPasskeys = 20
/** Questions that wait for an answer, of everybody together; a stranger's flood ends here. */
const mostWaiting = 10_000

/** Where pages are; passkeys are bound to it. */
export interface PasskeySite {
  readonly domain: string
  readonly origin: string
}

export interface PasskeyRow {
  readonly id: string
  readonly name: string
  readonly madeAt: number
  readonly usedAt: number | null
}

/** What a passkey has answered, rightly, to the question that was asked. */
export interface PasskeyUse {
  readonly id: string
  readonly subject: string
  /** How often it was used, by its own count. */
  readonly uses: number
}

export interface Passkeys {
  /** What the browser is asked for to make one. `label` stands beside it in the device's list. */
  beginAdding(site: PasskeySite, subject: string, label: string): Promise<PublicKeyCredentialCreationOptionsJSON>
  /** For whom is signed in, still when it is kept. Throws WRONG_PASSKEY, TOO_MANY_PASSKEYS, SIGN_IN. */
  finishAdding(site: PasskeySite, session: Session, name: string, answer: RegistrationResponseJSON): Promise<PasskeyRow>
  beginSignIn(site: PasskeySite): Promise<PublicKeyCredentialRequestOptionsJSON>
  /** Throws WRONG_PASSKEY. */
  finishSignIn(site: PasskeySite, answer: AuthenticationResponseJSON): Promise<PasskeyUse>
  /** Whose it is; null: it was removed since it answered. `within` the transaction in which its session begins. */
  use(answered: PasskeyUse, within: SqlSession): Promise<string | null>
  /** Oldest first. */
  ofSubject(subject: string): Promise<readonly PasskeyRow[]>
  /** False: the subject has no such passkey. */
  remove(subject: string, id: string): Promise<boolean>
}

type Row = {
  readonly id: string
  readonly subject: string
  readonly name: string
  readonly public_key: string
  readonly uses: number
  readonly made_at: number
  readonly used_at: number | null
}

/** `siteName` is what devices show; `now` gives milliseconds since the epoch. */
export function createPasskeys(sql: Sql, siteName: string, now: () => number): Passkeys {
  const ofSubject = (subject: string, within: SqlSession = sql) =>
    within.query<Row>('SELECT * FROM passkey WHERE subject = ? ORDER BY made_at', [subject])

  async function ask(challenge: string, subject: string | null): Promise<void> {
    await sql.transaction(async (within) => {
      await within.run('DELETE FROM passkey_challenge WHERE expires_at < ?', [now()])
      const [waiting] = await within.query<{ n: number }>('SELECT COUNT(*) AS n FROM passkey_challenge')
      if (waiting === undefined || waiting.n >= mostWaiting) throw new PeopleError('TOO_OFTEN')
      await within.run('INSERT INTO passkey_challenge (digest, subject, expires_at) VALUES (?, ?, ?)', [
        hashOf(challenge),
        subject,
        now() + lifeMs,
      ])
    })
  }

  /** True once for what was asked of that subject. */
  async function wasAsked(challenge: string, subject: string | null): Promise<boolean> {
    const changed = await sql.run(
      `DELETE FROM passkey_challenge WHERE digest = ? AND COALESCE(subject, '') = ? AND expires_at >= ?`,
      [hashOf(challenge), subject ?? '', now()],
    )
    return changed === 1
  }

  return {
    async beginAdding({ domain }, subject, label) {
      const known = await ofSubject(subject)
      wantRoom(known)
      const options = await generateRegistrationOptions({
        rpName: siteName,
        rpID: domain,
        userName: label,
        userDisplayName: label,
        // The standard wants nothing personal here, and always the same for one account.
        userID: new Uint8Array(Buffer.from(hashOf(`tillfree-passkey/${subject}`), 'hex')),
        excludeCredentials: known.map(({ id }) => ({ id })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      })
      await ask(options.challenge, subject)
      return options
    },
    async finishAdding({ domain, origin }, session, name, response) {
      const { subject } = session
      const checked = await verifyRegistrationResponse({
        response,
        expectedChallenge: (challenge) => wasAsked(challenge, subject),
        expectedOrigin: origin,
        expectedRPID: domain,
      }).catch(refuse)
      if (!checked.verified) throw new PeopleError('WRONG_PASSKEY')
      const { id, publicKey, counter } = checked.registrationInfo.credential
      const madeAt = now()
      const changed = await sql.transaction(async (within) => {
        await wantOpen(session, within)
        // Several may have been begun while there was room for one.
        wantRoom(await ofSubject(subject, within))
        // How the device can be reached (`transports`) it says unsigned, and nothing here asks for it.
        return within.run(
          `INSERT INTO passkey (id, subject, name, public_key, uses, transports, made_at)
           VALUES (?, ?, ?, ?, ?, '', ?) ON CONFLICT (id) DO NOTHING`,
          [id, subject, name, Buffer.from(publicKey).toString('base64url'), counter, madeAt],
        )
      })
      if (changed === 0) throw new PeopleError('WRONG_PASSKEY', 'it is known already')
      return { id, name, madeAt, usedAt: null }
    },
    async beginSignIn({ domain }) {
      const options = await generateAuthenticationOptions({ rpID: domain, userVerification: 'required' })
      await ask(options.challenge, null)
      return options
    },
    async finishSignIn({ domain, origin }, response) {
      const [row] = await sql.query<Row>('SELECT * FROM passkey WHERE id = ?', [response.id])
      if (row === undefined) throw new PeopleError('WRONG_PASSKEY')
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response,
        expectedChallenge: (challenge) => wasAsked(challenge, null),
        expectedOrigin: origin,
        expectedRPID: domain,
        credential: {
          id: row.id,
          publicKey: new Uint8Array(Buffer.from(row.public_key, 'base64url')),
          counter: row.uses,
        },
      }).catch(refuse)
      if (!verified) throw new PeopleError('WRONG_PASSKEY')
      return { id: row.id, subject: row.subject, uses: authenticationInfo.newCounter }
    },
    async use({ id, subject, uses }, within) {
      const changed = await within.run('UPDATE passkey SET uses = ?, used_at = ? WHERE id = ? AND subject = ?', [
        uses,
        now(),
        id,
        subject,
      ])
      return changed === 1 ? subject : null
    },
    ofSubject: async (subject) =>
      (await ofSubject(subject)).map(({ id, name, made_at, used_at }) => ({
        id,
        name,
        madeAt: made_at,
        usedAt: used_at,
      })),
    remove: async (subject, id) =>
      (await sql.run('DELETE FROM passkey WHERE subject = ? AND id = ?', [subject, id])) === 1,
  }
}

function wantRoom(known: readonly Row[]): void {
  if (known.length >= mostPasskeys) throw new PeopleError('TOO_MANY_PASSKEYS')
}

/** The library throws for whatever it does not like. */
function refuse(error: unknown): never {
  throw new PeopleError('WRONG_PASSKEY', (error as Error).message.slice(0, 200))
}

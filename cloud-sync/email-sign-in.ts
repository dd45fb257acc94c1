/** Signing in, and up, by a code that is sent to a letter box. */
import type { Accounts, EmailAccount } from './accounts.ts'
import { letterBoxOf } from './letter-box.ts'
import type { Mailer } from './mail/mailer.ts'
import type { EmailCodes } from './people/email-codes.ts'

export interface EmailSignIn {
  /**
   * Sends a code, whether there is an account or not; resolves, in the same time, to what the browser must have beside the
   * code. Throws TOO_OFTEN, BAD_REQUEST.
   */
  begin(email: string): Promise<string>
  /** The account of that letter box, made when there is none; null for a wrong code. */
  finish(attempt: string, code: string): Promise<EmailAccount | null>
}

export interface EmailSignInDeps {
  readonly codes: EmailCodes
  readonly accounts: Accounts
  readonly mailer: Mailer
  /** Told of mail that could not be sent. */
  readonly onError: (error: Error) => void
}

export function createEmailSignIn({ codes, accounts, mailer, onError }: EmailSignInDeps): EmailSignIn {
  return {
    async begin(email) {
      const to = letterBoxOf(email)
      const { attempt, code } = await codes.begin(to)
      // Not waited for: how long a mail server takes says something about the address.
      mailer.send({ to, subject: 'Your sign-in code', text: mailText(code) }).catch(onError)
      return attempt
    },
    async finish(attempt, code) {
      const email = await codes.check(attempt, code)
      return email === null ? null : accounts.ofEmail(email)
    },
  }
}

const mailText = (code: string) => `Your code is ${code.slice(0, 4)} ${code.slice(4)}.

Type it on the page that asked for it, within ten minutes. Nobody of the shop will ever ask you for it.
If you have not asked for it, do nothing: nobody can sign in without it.
`

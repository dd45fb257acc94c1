/** Mail, as little of it as there is: one text to one letter box. */
import { createTransport } from 'nodemailer'

export interface Mail {
  /** Of this mail, for ever: the left side of its Message-ID (RFC 5322, 3.6.4). Absent: a new one each time. */
  readonly id?: string
  readonly to: string
  readonly subject: string
  readonly text: string
}

export interface Mailer {
  /** Rejects when the mail could not be handed over, in words that may be logged. */
  send(mail: Mail): Promise<void>
}

/** A mail server that does not answer keeps nobody longer than this. */
const smtpTimeoutMs = 20_000

/** `url`: `smtps://user:password@host`, or `smtp://` where the server speaks TLS after STARTTLS or is on this machine. */
export function createSmtpMailer(url: string, from: string): Mailer {
  const transport = createTransport(
    { url, connectionTimeout: smtpTimeoutMs, greetingTimeout: smtpTimeoutMs, socketTimeout: smtpTimeoutMs },
    { from },
  )
  const domain = /@([^\s>]+)/.exec(from)?.[1] ?? 'localhost'
  return {
    async send({ id, ...mail }) {
      await transport
        .sendMail(id === undefined ? mail : { ...mail, messageId: `<${id}@${domain}>` })
        .catch(failWithoutAddress)
    },
  }
}

interface SmtpError extends Error {
  readonly code?: string
  /** Where in the conversation: `RCPT TO`. */
  readonly command?: string
  /** What the server said. */
  readonly response?: string
}

/** Servers repeat in their answer who the mail is to, whom no log names: what is left of it are its numbers (RFC 3463). */
function failWithoutAddress(error: SmtpError): never {
  const { code, command, response } = error
  if (response === undefined && code !== 'EENVELOPE') throw error
  const [status = 'no answer'] = /^\d{3}([ -]\d\.\d{1,3}\.\d{1,3})?/.exec(response ?? '') ?? []
  throw new Error(`the mail server does not take it: ${code} at ${command}, ${status}`)
}

/** For a simulated shop alone: nothing is sent, the mail is shown to whoever has started it. */
export function createShownMailer(show: (text: string) => void): Mailer {
  return {
    async send({ to, subject, text }) {
      show(`Simulated mail to ${to}: ${subject}. ${text.replaceAll(/\s+/g, ' ').trim()}`)
    },
  }
}

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
  /** Rejects when the mail could not be handed over. */
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
      await transport.sendMail(id === undefined ? mail : { ...mail, messageId: `<${id}@${domain}>` })
    },
  }
}

/** For a simulated shop alone: nothing is sent, the mail is shown to whoever has started it. */
export function createShownMailer(show: (text: string) => void): Mailer {
  return {
    async send({ to, subject, text }) {
      show(`Simulated mail to ${to}: ${subject}. ${text.replaceAll(/\s+/g, ' ').trim()}`)
    },
  }
}

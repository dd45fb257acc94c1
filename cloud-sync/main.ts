/** The account service's process: `node run.mjs cloud-sync/main.ts --data <dir>`. */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import closeWithGrace from 'close-with-grace'
import { Command, InvalidArgumentError } from 'commander'
import { type Logger, pino } from 'pino'
import { holdData } from '../models/platform/data-lock.ts'
import { createShownMailer, createSmtpMailer, type Mailer } from './mail/mailer.ts'
import { createMailOutbox } from './mail/outbox.ts'
import { chosenProvider } from './payments/chosen-provider.ts'
import { createEnrolments } from './payments/enrolments.ts'
import { createPaymentLoop } from './payments/loop.ts'
import { createPayments } from './payments/payments.ts'
import { createRetention } from './privacy/retention.ts'
import { build, type Service } from './service.ts'
import { openSqlite } from './sql.ts'
import { type HttpTls, isLoopback } from './tls-server.ts'

interface Options {
  readonly data: string
  readonly port: number
  readonly host: string
  readonly publicUrl?: string
  readonly paymentServer?: URL
  readonly proxy?: string
  readonly tlsCertificate?: string
  readonly tlsKey?: string
  readonly mailFrom?: string
  readonly simulatedMail?: true
  readonly logLevel: string
}

/** Long enough for requests under way; a supervisor kills after ten seconds. */
const graceMs = 5000

function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError(`found "${text}", wanted a number from 0 (any free port) to 65535`)
}

function parsePublicUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text
  throw new InvalidArgumentError(`found "${text}", wanted an address that begins with https://`)
}

/** It gets the provider's key, and tells what money moved. */
function parsePaymentServer(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  const isNear = url?.protocol === 'http:' && isLoopback(url.hostname)
  if (url !== null && (url.protocol === 'https:' || isNear)) return url
  throw new InvalidArgumentError(`found "${text}", wanted https:// for what is not on this machine`)
}

function parseOptions(): Options {
  return new Command('cloud-sync')
    .description('The account service: accounts of shoppers, and the bills that stores deliver.')
    .requiredOption('--data <dir>', 'folder of its database; made when missing')
    .option('--port <number>', 'port of its HTTP interface, 0 for any free one', parsePort, 8081)
    .option(
      '--host <address>',
      'address to listen on; with a certificate where it is not this machine alone',
      '127.0.0.1',
    )
    .option('--tls-certificate <file>', 'speaks https with this certificate and its chain (PEM)')
    .option('--tls-key <file>', 'its private key (PEM)')
    .option('--public-url <url>', 'address of the account page as shoppers reach it, https://…', parsePublicUrl)
    .option(
      '--payment-server <url>',
      'of the payment provider, in place of its own: its servers for trials, or a proxy, https://…',
      parsePaymentServer,
    )
    .option('--proxy <address>', 'of the proxy before it, which says where requests come from')
    .option('--mail-from <address>', 'sender of mail to shoppers; the server is in TILLFREE_SMTP_URL')
    .option('--simulated-mail', 'shows mail to shoppers here in place of sending it: for a simulated shop alone')
    .option('--log-level <level>', 'trace, debug, info, warn, error or silent', 'info')
    .parse()
    .opts<Options>()
}

/** A mail server's address has its password in it, so it comes by the environment. */
function mailerOf({ mailFrom, simulatedMail }: Options, log: Logger): Mailer | null {
  const { TILLFREE_SMTP_URL: url } = process.env
  if (simulatedMail) return createShownMailer((text) => process.stderr.write(`${text}\n`))
  if (url !== undefined && mailFrom !== undefined) return createSmtpMailer(url, mailFrom)
  if (url !== undefined || mailFrom !== undefined)
    throw new Error('TILLFREE_SMTP_URL and --mail-from go together: found one of them')
  log.warn(
    'shoppers cannot sign in by e-mail, nor be told of bills that are not paid: no mail server is set (TILLFREE_SMTP_URL, --mail-from)',
  )
  return null
}

/** Null: in plain, on this machine alone. Files are read at the start: a renewed certificate wants a new one. */
function tlsOf({ host, tlsCertificate, tlsKey }: Options): HttpTls | null {
  if (tlsCertificate !== undefined && tlsKey !== undefined)
    return { certificate: readFileSync(tlsCertificate, 'utf8'), key: readFileSync(tlsKey, 'utf8') }
  if (tlsCertificate !== undefined || tlsKey !== undefined)
    throw new Error('--tls-certificate and --tls-key go together: found one of them')
  if (isLoopback(host)) return null
  throw new Error(
    `--host: found ${host}, which others reach in plain; wanted --tls-certificate and --tls-key with it, or 127.0.0.1 behind a proxy that speaks https`,
  )
}

async function listen(app: Service, { host, port }: Options): Promise<number> {
  await app.listen({ host, port })
  const address = app.server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

function tellFailure(log: Logger, error: unknown, { host, port }: Options): void {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE')
    log.fatal(`Port ${port} on ${host} is taken by another program. Choose another with --port, or --port 0 for any.`)
  else log.fatal(`The account service cannot start: ${message}`)
}

async function main(): Promise<void> {
  const options = parseOptions()
  const log = pino(
    { level: options.logLevel, redact: ['req.headers.authorization', 'req.headers.cookie'] },
    pino.destination(2),
  )
  try {
    const tls = tlsOf(options)
    mkdirSync(options.data, { recursive: true })
    holdData(options.data)
    const sql = openSqlite(join(options.data, 'accounts.db'))
    const provider = chosenProvider(options, process.env, Date.now)
    const payments = createPayments({ sql, provider, now: Date.now, log })
    const enrolments = createEnrolments({ sql, provider, payments, now: Date.now, log })
    const { publicUrl = null, proxy = null } = options
    const mailer = mailerOf(options, log)
    const common = { sql, payments, enrolments, now: Date.now, log }
    const app = await build({ ...common, tls, mailer, publicUrl, proxy })
    const loop = createPaymentLoop({ sql, payments, provider, log })
    const outbox = mailer && createMailOutbox({ sql, mailer, publicUrl, now: Date.now, log })
    const retention = createRetention({ sql, now: Date.now, log })
    closeWithGrace({ delay: graceMs, logger: log }, async ({ err }) => {
      if (err !== undefined) log.fatal({ err }, 'An error that was not foreseen ends the account service')
      await app.close()
      await outbox?.stop()
      await loop.stop()
      await retention.stop()
      await sql.close()
    })
    const port = await listen(app, options)
    await loop.start()
    outbox?.start()
    retention.start()
    console.log(JSON.stringify({ ready: true, port }))
  } catch (error) {
    tellFailure(log, error, options)
    process.exitCode = 1
    process.exit()
  }
}

// What is kept is its owner's alone to read: bills, keys, logs.
process.umask(0o077)
await main()

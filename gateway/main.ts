/** The gateway's process: `node run.mjs gateway/main.ts --store store.json --data data`. */
import { mkdirSync, readFileSync } from 'node:fs'
import closeWithGrace from 'close-with-grace'
import { type Logger, pino } from 'pino'
import { parseStoreText, type Store } from '../models/contracts/store.ts'
import { describeFault } from '../models/contracts/validate.ts'
import { NetworkError } from '../models/networks/network-error.ts'
import { holdData } from '../models/platform/data-lock.ts'
import { accountsOf } from './accounts.ts'
import { type Logins, parseLogins } from './cameras/logins.ts'
import { createLastingStore } from './lasting-store.ts'
import { type GatewayOptions, parseOptions } from './options.ts'
import { readEnrolled } from './perception/enrolled.ts'
import type { EnrolledProducts } from './perception/sight.ts'
import { createStoreProcess } from './store-process.ts'
import type { Ports, StoreProcessOptions } from './store-process-options.ts'

/** Long enough to flush and to let requests under way end; a supervisor kills after ten seconds. */
const graceMs = 8_000
/** What was given to the process is wrong, as opposed to something that failed (1). */
const wrongInput = 2

function fail(message: string, code: number): never {
  process.stderr.write(`${message}\n`)
  process.exit(code)
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    return fail(`${file} cannot be read: ${(error as Error).message}`, wrongInput)
  }
}

function readStore(file: string): Store {
  const parsed = parseStoreText(readText(file))
  if (parsed.ok) return parsed.value
  const faults = parsed.faults.map((fault) => `  ${describeFault(fault)}`)
  return fail(`${file} is not a good store file:\n${faults.join('\n')}`, wrongInput)
}

function readAccounts(file: string | undefined) {
  if (file === undefined) return []
  try {
    return accountsOf(JSON.parse(readText(file)), file)
  } catch (error) {
    return fail(`the accounts are not good: ${(error as Error).message}`, wrongInput)
  }
}

function readLogins(file: string | undefined, store: Store): Logins {
  if (file === undefined) return new Map()
  const parsed = parseLogins(readText(file), store)
  if (parsed.ok) return parsed.value
  const faults = parsed.faults.map((fault) => `  ${describeFault(fault)}`)
  return fail(`${file} is no good list of camera logins:\n${faults.join('\n')}`, wrongInput)
}

/** The store goes on without: what the scales say is enough for most. */
function readProducts(file: string | undefined, log: Logger): EnrolledProducts | null {
  if (file === undefined) return null
  try {
    return readEnrolled(file)
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error
    log.warn(`cameras do not tell products apart: ${error.message}`)
    return null
  }
}

function reasonOf(error: unknown, { host }: GatewayOptions): string {
  const { code, port, address = host, message } = error as NodeJS.ErrnoException & { port?: number; address?: string }
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${address} is taken by another program. Choose others with --mqtt-port, --mqtt-tls-port and --http-port; 0 means any free one.`
  if (code === 'EACCES' && port !== undefined)
    return `Port ${port} may not be used by this user. Choose one above 1023 with --mqtt-port, --mqtt-tls-port or --http-port.`
  return `The gateway cannot start: ${message}`
}

/** Those that were free, when any would do. */
function samePorts({ mqttPort, mqttTls }: StoreProcessOptions, before: Ports): Partial<StoreProcessOptions> {
  const tlsPort = before.mqttTlsPort
  return {
    mqttPort: before.mqttPort ?? mqttPort,
    httpPort: before.httpPort,
    ...(mqttTls && tlsPort !== null ? { mqttTls: { ...mqttTls, port: tlsPort } } : {}),
  }
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv)
  const store = readStore(options.store)
  const accounts = readAccounts(options.accountsFile)
  const log: Logger = pino({ level: options.logLevel }, pino.destination(2))
  const { accounts: url, token } = options
  const settings = {
    store,
    accounts,
    cameraLogins: readLogins(options.cameraLogins, store),
    products: readProducts(options.looks, log),
    log,
    dataDir: options.data,
    host: options.host,
    mqttPort: options.mqttPort,
    mqttTls: options.mqttHost === undefined ? null : { host: options.mqttHost, port: options.mqttTlsPort },
    httpPort: options.httpPort,
    brokerUrl: options.broker ?? null,
    simulatorSecrets: options.simulatorSecrets ?? null,
    trustLocal: options.trustLocal ?? false,
    accountService: url === undefined || token === undefined ? null : { url, token },
    clock: options.clock,
    policy: {
      overchargeWeight: options.overchargeWeight,
      wrongCostMinor: options.wrongCost,
      reviewCostMinor: options.reviewCost,
    },
  } satisfies StoreProcessOptions
  let ending = false
  const end = async (error: unknown) => {
    log.fatal(reasonOf(error, options))
    await storeProcess.stop().catch(() => {})
    process.exit(1)
  }
  const storeProcess = createLastingStore({
    make: (before) => createStoreProcess({ ...settings, ...(before === null ? {} : samePorts(settings, before)) }),
    onFailure: (error) => void end(error),
    log,
  })
  closeWithGrace({ delay: graceMs, logger: log }, ({ err }) => {
    if (err !== undefined) log.fatal({ err }, 'An error that was not foreseen ends the gateway')
    ending = true
    return storeProcess.stop()
  })
  try {
    mkdirSync(options.data, { recursive: true })
    holdData(options.data)
    console.log(JSON.stringify({ ready: true, ...(await storeProcess.start()) }))
  } catch (error) {
    if (!ending) await end(error)
  }
}

// What is kept is its owner's alone to read: bills, keys, logs.
process.umask(0o077)
await main()

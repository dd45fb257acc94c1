/** `npm start`: a whole store on this machine, each process supervised. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseStoreText } from '../models/contracts/store.ts'
import { describeFault } from '../models/contracts/validate.ts'
import { holdData } from '../models/platform/data-lock.ts'
import { runner } from '../models/platform/runner.ts'
import { type Child, createChild } from './start/child.ts'
import { signInSecret } from './start/demo-account.ts'
import { signInToStore } from './start/first-admin.ts'
import { type LogFile, openLogFile } from './start/log-file.ts'
import { parseOptions, type StartOptions } from './start/options.ts'
import { buildPages } from './start/pages.ts'
import { accountsUrl, type ProcessPlan, processesOf, type StorePlan, welcome } from './start/plan.ts'
import { reservePorts } from './start/ports.ts'
import { storeCredential } from './start/store-credential.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
/** One of those that the simulated shoppers use (`simulators/run/live.ts`). */
const shownAccount = { id: 'demo-anna', name: 'Anna', email: 'anna@shop.example' }

const tell = (message: string) => console.log(message)

/** The store file that was named, or the simulated shop's, written anew so that it fits this version's simulators. */
function storeFile({ store, simulators }: StartOptions, data: string): string {
  if (store !== undefined) {
    if (existsSync(store)) return resolve(store)
    throw new Error(`--store: there is no file ${store}.`)
  }
  if (!simulators) throw new Error('A real store needs its store file: npm start -- --no-simulators --store <file>.')
  const file = join(data, 'store.json')
  const args = [runner, join(root, 'simulators/main.ts'), 'store', '--out', file]
  execFileSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  return file
}

/** For whom the account service gives a credential. */
function storeIdIn(file: string): string {
  const parsed = parseStoreText(readFileSync(file, 'utf8'))
  if (parsed.ok) return parsed.value.id
  throw new Error(`${file} is not a good store file:\n${parsed.faults.map(describeFault).join('\n')}`)
}

async function planOf(options: StartOptions): Promise<StorePlan> {
  const { mqttHost } = options
  const [httpPort = 0, accountsPort = 0, mqttPort = 0, tlsPort = 0] = await reservePorts([
    { option: '--http-port', use: "the store's pages", port: options.httpPort },
    { option: '--accounts-port', use: 'the account service', port: options.accountsPort },
    ...(options.broker === undefined
      ? [{ option: '--mqtt-port', use: 'the MQTT broker', port: options.mqttPort }]
      : []),
    ...(options.broker === undefined && mqttHost !== undefined
      ? [{ option: '--mqtt-tls-port', use: 'devices on the network', port: options.mqttTlsPort }]
      : []),
  ])
  const data = resolve(options.data)
  mkdirSync(data, { recursive: true })
  holdData(data)
  const { simulators, httpHost = null, broker = null, trustLocal = false, cameraLogins = null } = options
  const mqttTls = mqttHost === undefined || broker !== null ? null : { host: mqttHost, port: tlsPort }
  const file = storeFile(options, data)
  return {
    data,
    storeFile: file,
    storeId: storeIdIn(file),
    simulators,
    broker,
    trustLocal,
    cameraLogins,
    httpPort,
    httpHost,
    accountsPort,
    mqttPort,
    mqttTls,
  }
}

/** What processes prove themselves by at the account service; simulators make accounts there as a store's office does. */
interface Tokens {
  readonly gateway: string
  readonly simulators: string | null
}

async function tokensFor({ data, storeId, simulators }: StorePlan): Promise<Tokens> {
  return {
    gateway: await storeCredential(data, storeId, 'gateway', Date.now),
    simulators: simulators ? await storeCredential(data, storeId, 'office', Date.now) : null,
  }
}

interface Running {
  readonly child: Child
  readonly log: LogFile
}

async function stopAll(running: Running[]): Promise<void> {
  for (const { child, log } of running.splice(0).reverse()) {
    await child.stop()
    await log.close()
  }
}

async function startOne(
  plan: StorePlan,
  { name, script, args }: ProcessPlan,
  tokens: Tokens,
  running: Running[],
): Promise<void> {
  const log = openLogFile(join(plan.data, 'logs'), name.replaceAll(' ', '-'), (line) => tell(`${name}: ${line}`))
  const child = createChild({
    name,
    args: [join(root, script), ...args],
    env: name === 'account service' ? {} : { TILLFREE_STORE_TOKEN: tokens[name] ?? '' },
    onLog: log.write,
    tell,
    onGivenUp: () => void end(running, 1),
  })
  running.push({ child, log })
  await child.start()
}

/** What signs a shopper in, once; a real store has none to show. */
async function shopperSecret(plan: StorePlan, { simulators: token }: Tokens): Promise<string | null> {
  if (token === null) return null
  return signInSecret({ url: accountsUrl(plan), token }, shownAccount)
}

let ending = false
async function end(running: Running[], code: number): Promise<void> {
  if (ending) return
  ending = true
  if (running.length > 0) tell('Stopping …')
  await stopAll(running)
  process.exit(code)
}

/** npm's shell passes no signal on: when it has gone, whoever ended npm meant the store. */
const parentLookMs = 500
function endWithNpm(running: Running[]): void {
  if (process.env.npm_lifecycle_event !== 'start') return
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) void end(running, 0)
  }, parentLookMs).unref()
}

async function main(): Promise<void> {
  const running: Running[] = []
  endWithNpm(running)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(running, 0))
  try {
    const plan = await planOf(parseOptions(process.argv))
    await buildPages([join(root, 'gateway/pages'), join(root, 'cloud-sync/pages')], tell)
    tell('Starting …')
    const tokens = await tokensFor(plan)
    let shopper: string | null = null
    for (const each of processesOf(plan)) {
      await startOne(plan, each, tokens, running)
      if (each.name === 'account service') shopper = await shopperSecret(plan, tokens)
    }
    tell(welcome(plan, { shopper, store: await signInToStore(plan.data, plan.simulators) }))
  } catch (error) {
    if (ending) return
    console.error((error as Error).message)
    await end(running, 1)
  }
}

// What is kept is its owner's alone to read: bills, keys, logs.
process.umask(0o077)
await main()

/** Which processes make up a store, with which arguments, and what there is to look at. Pure. */
import { join } from 'node:path'
import { isLoopback } from '../../cloud-sync/tls-server.ts'
import type { StoreSignIn } from './first-admin.ts'

export interface StorePlan {
  /** Folder of everything that is kept. */
  readonly data: string
  readonly storeFile: string
  readonly storeId: string
  readonly simulators: boolean
  readonly mqttPort: number
  /** Where devices on the network connect, over TLS; null for none. */
  readonly mqttTls: { readonly host: string; readonly port: number } | null
  readonly httpPort: number
  /** Where the pages are for the network, over TLS; null: on this machine alone. */
  readonly httpHost: string | null
  readonly accountsPort: number
  /** Somebody else's broker. */
  readonly broker: string | null
  /** Devices on this machine need no credentials. */
  readonly trustLocal: boolean
  /** File of the cameras' user names and passwords. */
  readonly cameraLogins: string | null
}

export interface ProcessPlan {
  readonly name: 'account service' | 'gateway' | 'simulators'
  /** Script below the repository's root. */
  readonly script: string
  readonly args: readonly string[]
}

const host = '127.0.0.1'
/** What goes wrong, and no more: the logs are files that nobody rotates. */
const quiet = ['--log-level', 'warn']

export const accountsUrl = ({ accountsPort }: StorePlan) => `http://${host}:${accountsPort}`
const brokerUrl = ({ broker, mqttPort }: StorePlan) => broker ?? `mqtt://${host}:${mqttPort}`

/** In the order in which they are started; the store's credential reaches it by its environment, where `ps` shows none. */
export function processesOf(plan: StorePlan): readonly ProcessPlan[] {
  const { data, storeFile, simulators } = plan
  return [accountService(plan), gateway(plan), ...(simulators ? [simulatorsOf(plan)] : [])]

  /** Made by the gateway, read by the simulators; somebody else's broker has credentials of its own. */
  function secrets(option: string): readonly string[] {
    return simulators && plan.broker === null ? [option, join(data, 'simulator-secrets.json')] : []
  }

  function accountService({ accountsPort }: StorePlan): ProcessPlan {
    const mail = simulators ? ['--simulated-mail'] : []
    const args = ['--data', join(data, 'accounts'), '--port', String(accountsPort), ...mail, ...quiet]
    return { name: 'account service', script: 'cloud-sync/main.ts', args }
  }

  function gateway({
    mqttPort,
    mqttTls,
    httpPort,
    httpHost,
    broker,
    trustLocal,
    cameraLogins,
  }: StorePlan): ProcessPlan {
    const listening = ['--mqtt-port', String(mqttPort), '--http-port', String(httpPort)]
    const args = ['--store', storeFile, '--data', join(data, 'gateway'), '--accounts', accountsUrl(plan), ...listening]
    return {
      name: 'gateway',
      script: 'gateway/main.ts',
      args: [
        ...args,
        ...(httpHost ? ['--host', httpHost] : []),
        ...(broker ? ['--broker', broker] : []),
        ...(mqttTls ? ['--mqtt-host', mqttTls.host, '--mqtt-tls-port', String(mqttTls.port)] : []),
        ...(trustLocal ? ['--trust-local'] : []),
        ...secrets('--simulator-secrets'),
        ...(cameraLogins ? ['--camera-logins', cameraLogins] : []),
        ...quiet,
      ],
    }
  }

  function simulatorsOf(whole: StorePlan): ProcessPlan {
    const args = [
      'live',
      '--store',
      storeFile,
      '--mqtt',
      brokerUrl(whole),
      '--accounts',
      accountsUrl(whole),
      ...secrets('--secrets'),
    ]
    return { name: 'simulators', script: 'simulators/main.ts', args }
  }
}

/** By their name, not their number: browsers have passkeys at names alone. */
const named = 'localhost'
const dataOf = ({ data }: StorePlan) => `--data ${join(data, 'gateway')}`

/** What signs in, once. */
export interface SignIns {
  /** A shopper; null in a real store, and where they have signed in by e-mail, as they do from then on. */
  readonly shopper: string | null
  readonly store: StoreSignIn
}

function shopperPage(url: string, secret: string | null): string {
  return secret === null ? `${url} (by e-mail: the code is shown here)` : `${url}#sign-in=${secret} (once)`
}

/** What is printed when everything runs. */
export function welcome(plan: StorePlan, { shopper, store }: SignIns): string {
  const isForNetwork = plan.httpHost !== null && !isLoopback(plan.httpHost)
  const pages = `${isForNetwork ? 'https' : 'http'}://${named}:${plan.httpPort}`
  const account = `http://${named}:${plan.accountsPort}/`
  const rows: readonly (readonly [string, string])[] = [
    ...(store.secret === null
      ? []
      : [['Sign in here first', `${pages}/sign-in/#sign-in=${store.secret} (once)`] as const]),
    ['Floor plan and carts', `${pages}/`],
    ['Devices', `${pages}/devices/`],
    ...(plan.simulators ? [["A shopper's bills", shopperPage(account, shopper)] as const] : []),
    ['Interfaces', `${pages}/docs`],
    ['Devices connect to', withoutSecret(brokerUrl(plan))],
    ...networkRows(plan),
    ['Logs', join(plan.data, 'logs')],
  ]
  const width = Math.max(...rows.map(([what]) => what.length))
  const hint = plan.simulators
    ? 'Shoppers are on their way; the first bills come within a minute or two.'
    : 'Waiting for the devices of the store file.'
  return [
    'Tillfree is running.',
    ...rows.map(([what, where]) => `  ${what.padEnd(width)}  ${where}`),
    ...(store.isEmpty
      ? [`Nobody can sign in to the pages yet: npm run staff -- add <name> --role admin ${dataOf(plan)}`]
      : []),
    `${hint} Ctrl-C stops everything.`,
  ].join('\n')
}

/** Devices must know the authority that has signed the broker's certificate. */
function networkRows({ mqttTls, data }: StorePlan): readonly (readonly [string, string])[] {
  if (mqttTls === null) return []
  return [
    ['… on the network', `mqtts://${mqttTls.host}:${mqttTls.port}`],
    ['… and trust', join(data, 'gateway', 'tls', 'ca.pem')],
  ]
}

function withoutSecret(url: string): string {
  const { protocol, host: place } = new URL(url)
  return `${protocol}//${place}`
}

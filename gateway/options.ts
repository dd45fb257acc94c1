/** The gateway's command line, checked. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { isLoopback } from '../cloud-sync/tls-server.ts'
import { defaultPolicy } from '../edge/engine/receipt.ts'

export interface GatewayOptions {
  readonly store: string
  readonly data: string
  readonly mqttPort: number
  readonly mqttHost?: string
  readonly mqttTlsPort: number
  readonly httpPort: number
  readonly host: string
  readonly broker?: string
  readonly simulatorSecrets?: string
  readonly trustLocal?: true
  readonly accounts?: string
  readonly accountsFile?: string
  readonly token?: string
  readonly cameraLogins?: string
  readonly looks?: string
  readonly clock: 'wall' | 'simulated'
  readonly logLevel: string
  readonly overchargeWeight: number
  readonly wrongCost: number
  readonly reviewCost: number
}

function parseAmount(text: string): number {
  const amount = Number(text)
  if (/^\d+(\.\d+)?$/.test(text) && amount <= 1_000_000) return amount
  throw new InvalidArgumentError(`found "${text}", wanted a number from 0 to 1000000`)
}

export function parsePort(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError(`found "${text}", wanted a number from 0 (any free port) to 65535`)
}

export function parseUrl(protocols: readonly string[]): (text: string) => string {
  return (text) => {
    if (URL.canParse(text) && protocols.includes(new URL(text).protocol)) return text
    throw new InvalidArgumentError(`found "${text}", wanted an address that begins with ${protocols.join('// or ')}//`)
  }
}

/** The store's credential goes there, so it goes in plain to this machine alone. */
function parseAccountsUrl(text: string): string {
  const { protocol, hostname } = new URL(parseUrl(['http:', 'https:'])(text))
  if (protocol === 'https:' || isLoopback(hostname.replaceAll(/[[\]]/g, ''))) return text
  throw new InvalidArgumentError(`found "${text}", wanted https:// for what is not on this machine`)
}

export const brokerProtocols = ['mqtt:', 'mqtts:', 'ws:', 'wss:']

/** Ends the process with a message where the command line is wrong, as commander does. */
export function parseOptions(argv: readonly string[]): GatewayOptions {
  const command = new Command('gateway')
    .description('The gateway of one store: sensor messages in, carts and bills out.')
    .requiredOption('--store <file>', 'the store file')
    .requiredOption('--data <dir>', 'folder of the journal; made when missing')
    .option('--mqtt-port <number>', 'port of the embedded broker on 127.0.0.1, 0 for any free one', parsePort, 1883)
    .option(
      '--mqtt-host <address>',
      'address for devices on the network, over TLS; 0.0.0.0 for every one of this machine',
    )
    .option('--mqtt-tls-port <number>', 'port there, 0 for any free one', parsePort, 8883)
    .option('--http-port <number>', 'port of pages and HTTP interface, 0 for any free one', parsePort, 8080)
    .option(
      '--host <address>',
      'address of pages and HTTP interface; over TLS where it is not this machine alone',
      '127.0.0.1',
    )
    .option('--broker <url>', 'use this MQTT broker instead of the embedded one', parseUrl(brokerProtocols))
    .option('--simulator-secrets <file>', 'lets simulators in, with secrets in this file, which is made when missing')
    .option('--trust-local', 'takes devices on this machine for who they say they are, without a password: to try out')
    .option('--accounts <url>', 'the account service, where bills go', parseAccountsUrl)
    .option('--accounts-file <file>', 'accounts beside those of the account service (accounts.json)')
    .addOption(
      new Option('--token <text>', "the store's credential at the account service").env('TILLFREE_STORE_TOKEN'),
    )
    .option(
      '--camera-logins <file>',
      'user names and passwords of cameras: { "cam1": { "user": "…", "password": "…" } }',
    )
    .option('--looks <file>', 'what products look like in pictures, as written by enrol')
    .addOption(new Option('--clock <kind>', 'whose time it is').choices(['wall', 'simulated']).default('wall'))
    .option(
      '--overcharge-weight <times>',
      'what charging too much costs, as times the amount',
      parseAmount,
      defaultPolicy.overchargeWeight,
    )
    .option(
      '--wrong-cost <minor>',
      'what any wrong receipt costs besides its money, minor units',
      parseAmount,
      defaultPolicy.wrongCostMinor,
    )
    .option(
      '--review-cost <minor>',
      'what it costs to have a person look at a bill: above this expected cost of being wrong they do, minor units',
      parseAmount,
      defaultPolicy.reviewCostMinor,
    )
    .option('--log-level <level>', 'trace, debug, info, warn, error or silent', 'info')
    .parse(argv)
  const options = command.opts<GatewayOptions>()
  if (options.accounts !== undefined && options.token === undefined)
    command.error(
      'error: --accounts needs a credential (npm run stores): --token <text> or the variable TILLFREE_STORE_TOKEN',
    )
  return options
}

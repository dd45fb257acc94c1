/** The command line of `npm start`. */
import { Command } from 'commander'
import { brokerProtocols, parsePort, parseUrl } from '../options.ts'

export interface StartOptions {
  readonly store?: string
  readonly simulators: boolean
  readonly mqttPort: number
  readonly mqttHost?: string
  readonly mqttTlsPort: number
  readonly httpPort: number
  readonly httpHost?: string
  readonly accountsPort: number
  readonly data: string
  readonly broker?: string
  readonly trustLocal?: true
  readonly cameraLogins?: string
}

export function parseOptions(argv: readonly string[]): StartOptions {
  return new Command('npm start --')
    .description('Starts a store: gateway, account service and, unless told otherwise, simulated devices and shoppers.')
    .option('--store <file>', 'the store file (default: a simulated corner shop)')
    .option('--no-simulators', 'for a real store: only what its own devices send')
    .option('--mqtt-port <number>', 'port of the embedded MQTT broker, 0 for any free one', parsePort, 1883)
    .option(
      '--mqtt-host <address>',
      'address for devices on the network, over TLS; 0.0.0.0 for every one of this machine',
    )
    .option('--mqtt-tls-port <number>', 'port there, 0 for any free one', parsePort, 8883)
    .option('--http-port <number>', "port of the store's pages, 0 for any free one", parsePort, 8080)
    .option('--http-host <address>', "address of the store's pages, over TLS where others reach it; 0.0.0.0 for all")
    .option('--accounts-port <number>', 'port of the account service and its page, 0 for any free one', parsePort, 8081)
    .option('--data <dir>', 'folder of everything that is kept', 'data')
    .option('--broker <url>', 'use this MQTT broker instead of the embedded one', parseUrl(brokerProtocols))
    .option('--trust-local', 'takes devices on this machine for who they say they are, without a password: to try out')
    .option(
      '--camera-logins <file>',
      'user names and passwords of cameras: { "cam1": { "user": "…", "password": "…" } }',
    )
    .parse(argv)
    .opts<StartOptions>()
}

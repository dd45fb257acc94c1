/** `npm run broker -- --open --port 1883`: the embedded broker alone, for conformance suites. */
import closeWithGrace from 'close-with-grace'
import { Command } from 'commander'
import { pino } from 'pino'
import { createEmbeddedBroker } from '../mqtt/embedded-broker.ts'
import { createOpenAccess } from '../mqtt/open-access.ts'
import { parsePort } from '../options.ts'

interface Options {
  readonly open?: true
  readonly port: number
  readonly refuseSubscribe: readonly string[]
}

/** Whoever is on this machine already; nobody on the network. */
const host = '127.0.0.1'
const wrongInput = 2

const command = new Command('npm run broker --')
  .description("The gateway's MQTT broker alone, without credentials, for conformance suites on this machine.")
  .option('--open', 'says that you know: anybody on this machine may publish and hear everything')
  .option('--port <number>', 'port on 127.0.0.1, 0 for any free one', parsePort, 1883)
  .option('--refuse-subscribe <filter...>', 'topic filters that answer a SUBSCRIBE with failure (0x80)', [])
  .parse()
const { open, port, refuseSubscribe } = command.opts<Options>()
if (open !== true)
  command.error('error: found no --open. This broker asks nobody who they are; a store runs with npm start.', {
    exitCode: wrongInput,
  })

const log = pino({ level: 'info' }, pino.destination(2))
const broker = createEmbeddedBroker({ storeId: 'none', access: createOpenAccess(refuseSubscribe), host, port, log })
closeWithGrace({ logger: log }, () => broker.stop())
try {
  await broker.start()
  console.log(JSON.stringify({ ready: true, url: `mqtt://${host}:${broker.port()}` }))
} catch (error) {
  console.error(`The broker cannot start: ${(error as Error).message}`)
  process.exit(1)
}

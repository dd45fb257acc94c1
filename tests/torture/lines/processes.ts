/** A real gateway and a real account service, all lines to and between them bad. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect as dial, type Socket } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { migrate } from '../../../cloud-sync/migrations.ts'
import { openSqlite } from '../../../cloud-sync/sql.ts'
import { storeToken } from '../../../cloud-sync/testing/service.ts'
import { defaultPolicy, type ReceiptPolicy } from '../../../edge/engine/receipt.ts'
import { certificateFolder, openBrokerCertificates } from '../../../gateway/certificates/certificate-folder.ts'
import { type Child, startChild } from '../../../simulators/run/child.ts'
import { type Customer, enrol } from '../world/service.ts'
import { shop } from '../world/shop.ts'
import { type Line, openLine } from './line.ts'
import type { LineFaults } from './line-faults.ts'

const program = (path: string) => new URL(`../../../${path}`, import.meta.url).pathname
/** Money is to move: a look costs more than any bill. */
export const withoutReviews: ReceiptPolicy = { ...defaultPolicy, reviewCostMinor: 1_000_000 }

const lineNames = ['devices over TLS', 'devices', 'bills over TLS', 'office'] as const
export type LineName = (typeof lineNames)[number]

export interface Processes {
  readonly gateway: Child
  readonly lines: Readonly<Record<LineName, Line>>
  /** What devices over TLS trust, PEM. */
  readonly authority: string
  /** Passwords of the devices by their ids. */
  readonly secrets: Readonly<Record<string, string>>
  /** Of the account service's database and the gateway's data. */
  readonly accountsFile: string
  readonly data: string
  /** Ends the gateway, then the account service. */
  stop(): Promise<void>
}

/** `faultsOf`: what is to go wrong on each line. */
export async function startProcesses(
  folder: string,
  customers: readonly Customer[],
  faultsOf: (line: LineName) => LineFaults,
): Promise<Processes> {
  const [accounts, data] = [join(folder, 'accounts'), join(folder, 'gateway')]
  const accountsFile = join(accounts, 'accounts.db')
  await prepare(accounts, accountsFile, customers)
  const line = (name: LineName, port: number) => openLine(port, faultsOf(name))
  const service = await startChild(program('cloud-sync/main.ts'), serviceArgs(accounts))
  const servicePort = Number(service.ready.port)
  const { port: tlsPort, authority: cloudAuthority, close: closeTls } = await speakTls(folder, servicePort)
  const bills = await line('bills over TLS', tlsPort)
  const office = await line('office', servicePort)
  const gateway = await startChild(program('gateway/main.ts'), gatewayArgs(folder, data, customers, bills), undefined, {
    NODE_EXTRA_CA_CERTS: cloudAuthority,
  })
  const lines = {
    'devices over TLS': await line('devices over TLS', Number(gateway.ready.mqttTlsPort)),
    devices: await line('devices', Number(gateway.ready.mqttPort)),
    'bills over TLS': bills,
    office,
  }
  return {
    gateway,
    lines,
    authority: readFileSync(join(certificateFolder(data), 'ca.pem'), 'utf8'),
    secrets: JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8')),
    accountsFile,
    data,
    async stop() {
      await gateway.stop()
      await service.stop()
      for (const name of lineNames) await lines[name].close()
      closeTls()
    },
  }
}

/** The store's credential, and accounts that there are, whose owners are signed in. */
async function prepare(folder: string, file: string, customers: readonly Customer[]): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const sql = openSqlite(file)
  await migrate(sql, Date.now())
  await enrol(sql, shop.id, customers, Date.now())
  await sql.close()
}

function serviceArgs(folder: string): string[] {
  return ['--data', folder, '--port', '0', '--log-level', 'error']
}

function gatewayArgs(folder: string, data: string, customers: readonly Customer[], { port }: Line): string[] {
  const [store, cards, secrets] = ['store.json', 'cards.json', 'secrets.json'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  writeFileSync(store, JSON.stringify(shop))
  writeFileSync(cards, JSON.stringify(customers.map(({ id, code }) => ({ id, codes: [code], staff: false }))))
  const devices = [
    '--mqtt-port',
    '0',
    '--mqtt-host',
    '127.0.0.1',
    '--mqtt-tls-port',
    '0',
    '--simulator-secrets',
    secrets,
  ]
  const cloud = ['--accounts', `https://127.0.0.1:${port}`, '--token', storeToken, '--accounts-file', cards]
  const rest = ['--http-port', '0', '--review-cost', String(withoutReviews.reviewCostMinor), '--log-level', 'error']
  return ['--store', store, '--data', data, ...devices, ...cloud, ...rest]
}

/** In front of the account service, as a proxy that speaks TLS stands there in a data centre. */
async function speakTls(folder: string, port: number) {
  const place = join(folder, 'tls')
  const names = [{ type: 'ip' as const, value: '127.0.0.1' }]
  const { broker } = await openBrokerCertificates(place, 'cloud', names, Date.now())
  const sockets = new Set<Socket>()
  const server = createServer({ key: broker.key, cert: broker.certificate }, (near) => {
    const far = dial({ port, host: '127.0.0.1', noDelay: true })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy()).pipe(other)
      one.once('close', () => sockets.delete(one))
    }
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  const address = server.address()
  const listening = typeof address === 'object' && address !== null ? address.port : 0
  return { port: listening, authority: join(place, 'ca.pem'), close }
}

/** A real gateway and a real account service, all lines to and between them bad. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
import { type LineProvider, startProvider } from './provider.ts'

const program = (path: string) => new URL(`../../../${path}`, import.meta.url).pathname
/** Money is to move: a look costs more than any bill. */
export const withoutReviews: ReceiptPolicy = { ...defaultPolicy, reviewCostMinor: 1_000_000 }

/** They owe after their first visit, and are not let in again. */
const onePoorIn = 10

const lineNames = ['devices over TLS', 'devices', 'bills over TLS', 'office over TLS', 'payments over TLS'] as const
export type LineName = (typeof lineNames)[number]

export interface Processes {
  readonly provider: LineProvider
  /** Accounts whose payments are declined. */
  readonly poor: ReadonlySet<string>
  readonly gateway: Child
  readonly lines: Readonly<Record<LineName, Line>>
  /** What devices over TLS trust, and who speaks to the account service, PEM. */
  readonly authority: string
  readonly cloudAuthority: string
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
  providerName: LineProvider['name'],
  customers: readonly Customer[],
  faultsOf: (line: LineName) => LineFaults,
): Promise<Processes> {
  const [accounts, data] = [join(folder, 'accounts'), join(folder, 'gateway')]
  const accountsFile = join(accounts, 'accounts.db')
  const cloud = await cloudCertificate(folder)
  const provider = await startProvider(providerName, cloud.keys)
  const poor = new Set(customers.map(({ id }) => id).filter((_, i) => i % onePoorIn === onePoorIn - 1))
  await prepare(accounts, accountsFile, customers, ({ id }) => [
    provider.name,
    provider[poor.has(id) ? 'poor' : 'good'],
  ])
  const line = (name: LineName, port: number) => openLine(port, faultsOf(name))
  const payments = await line('payments over TLS', Number(provider.url.port))
  const trust = { NODE_EXTRA_CA_CERTS: cloud.authorityFile }
  const service = await startChild(
    program('cloud-sync/main.ts'),
    serviceArgs(accounts, cloud, new URL(provider.url.pathname, `https://127.0.0.1:${payments.port}`)),
    undefined,
    { ...trust, ...provider.env },
  )
  const bills = await line('bills over TLS', Number(service.ready.port))
  const office = await line('office over TLS', Number(service.ready.port))
  const gateway = await startChild(
    program('gateway/main.ts'),
    gatewayArgs(folder, data, customers, bills),
    undefined,
    trust,
  )
  const lines = {
    'devices over TLS': await line('devices over TLS', Number(gateway.ready.mqttTlsPort)),
    devices: await line('devices', Number(gateway.ready.mqttPort)),
    'bills over TLS': bills,
    'office over TLS': office,
    'payments over TLS': payments,
  }
  return {
    provider,
    poor,
    gateway,
    lines,
    authority: readFileSync(join(certificateFolder(data), 'ca.pem'), 'utf8'),
    cloudAuthority: cloud.authority,
    secrets: JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8')),
    accountsFile,
    data,
    async stop() {
      await gateway.stop()
      await service.stop()
      for (const name of lineNames) await lines[name].close()
      await provider.close()
    },
  }
}

/** The store's credential, and accounts that there are, whose owners are signed in. `paysWith`: provider and token. */
async function prepare(
  folder: string,
  file: string,
  customers: readonly Customer[],
  paysWith: (customer: Customer) => readonly [string, string],
): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const sql = openSqlite(file)
  await migrate(sql, Date.now())
  await enrol(sql, shop.id, customers, Date.now())
  for (const customer of customers)
    await sql.run('UPDATE account SET payment_provider = ?, payment_method = ? WHERE id = ?', [
      ...paysWith(customer),
      customer.id,
    ])
  await sql.close()
}

/** What account service and provider prove themselves with, and trust. */
async function cloudCertificate(folder: string) {
  const place = join(folder, 'tls')
  const names = [{ type: 'ip' as const, value: '127.0.0.1' }]
  const { authority, broker } = await openBrokerCertificates(place, 'cloud', names, Date.now())
  const file = (name: string) => join(place, name)
  return {
    authority,
    keys: broker,
    authorityFile: file('ca.pem'),
    certificateFile: file('broker.pem'),
    keyFile: file('broker-key.pem'),
  }
}

type CloudCertificate = Awaited<ReturnType<typeof cloudCertificate>>

function serviceArgs(folder: string, { certificateFile, keyFile }: CloudCertificate, paymentServer: URL): string[] {
  const tls = ['--tls-certificate', certificateFile, '--tls-key', keyFile]
  const payments = ['--public-url', 'https://accounts.test/', '--payment-server', paymentServer.href]
  return ['--data', folder, '--port', '0', '--log-level', 'error', ...tls, ...payments]
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

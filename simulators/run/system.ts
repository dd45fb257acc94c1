/** The system under test: an account service and a gateway on free ports, with data of their own that go afterwards. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type BillsFile, parseBillsFile } from '../../models/contracts/bills.ts'
import type { MqttSecrets } from '../../models/contracts/mqtt-secrets.ts'
import type { Account } from '../../models/contracts/recording.ts'
import type { Store } from '../../models/contracts/store.ts'
import { describeFault } from '../../models/contracts/validate.ts'
import { runner } from '../../models/platform/runner.ts'
import { readMqttSecrets } from '../mqtt/secrets-file.ts'
import { makeAccounts } from './account-service.ts'
import { type Child, startChild } from './child.ts'

export interface SystemOptions {
  readonly store: Store
  readonly accounts: readonly Account[]
  /** Somebody else's broker; the gateway's own when left out. */
  readonly broker?: string | undefined
}

const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

export class SystemUnderTest {
  private readonly options: SystemOptions
  /** The store's office, which makes accounts. */
  private office = ''
  private token = ''
  private folder = ''
  private cloud: Child | null = null
  private gateway: Child | null = null

  constructor(options: SystemOptions) {
    this.options = options
  }

  async start(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'tillfree-simulate-'))
    await writeFile(join(this.folder, 'store.json'), JSON.stringify(this.options.store))
    await writeFile(join(this.folder, 'accounts.json'), JSON.stringify(this.options.accounts))
    this.office = await this.credential('office')
    this.token = await this.credential('gateway')
    const cloudArgs = ['--data', join(this.folder, 'cloud'), '--port', '0', '--log-level', 'warn']
    this.cloud = await startChild(file('cloud-sync/main.ts'), cloudArgs)
    await makeAccounts(
      { url: this.accountsUrl, token: this.office },
      this.options.accounts.map(({ id, staff = false }) => ({ id, name: id, staff })),
    )
    await this.startGateway(0, 0)
  }

  get mqttUrl(): string {
    return this.options.broker ?? `mqtt://127.0.0.1:${port(this.gateway, 'mqttPort')}`
  }

  get httpUrl(): string {
    return `http://127.0.0.1:${port(this.gateway, 'httpPort')}`
  }

  get accountsUrl(): string {
    return `http://127.0.0.1:${port(this.cloud, 'port')}`
  }

  /** What devices log in with; undefined where the broker is somebody else's. */
  secrets(): MqttSecrets | undefined {
    return this.options.broker === undefined ? readMqttSecrets(this.secretsFile) : undefined
  }

  /** What the simulator proves itself by at the gateway's HTTP interface. */
  httpHeaders(): Readonly<Record<string, string>> {
    return { authorization: `Bearer ${readMqttSecrets(this.secretsFile).get('sim') ?? ''}` }
  }

  /** Ends the gateway, gracefully or as a power cut would, and starts it again where it was, on the same data. */
  async restartGateway(how: 'stop' | 'kill'): Promise<void> {
    const mqttPort = this.options.broker === undefined ? port(this.gateway, 'mqttPort') : 0
    const httpPort = port(this.gateway, 'httpPort')
    await this.gateway?.[how]()
    await this.startGateway(mqttPort, httpPort)
  }

  /** Everything billed so far. @throws Error when the answer is no bills file */
  async bills(): Promise<BillsFile> {
    const answer = await fetch(`${this.httpUrl}/api/bills-file`, { headers: this.httpHeaders() })
    const parsed = parseBillsFile(await answer.json())
    if (parsed.ok) return parsed.value
    throw new Error(`${this.httpUrl}/api/bills-file:\n${parsed.faults.map(describeFault).join('\n')}`)
  }

  async stop(): Promise<void> {
    await this.gateway?.stop()
    await this.cloud?.stop()
    if (this.folder !== '') await rm(this.folder, { recursive: true, force: true })
  }

  /** A credential at the account service, made as whoever runs one does it. */
  private async credential(role: 'gateway' | 'office'): Promise<string> {
    const token = join(this.folder, `${role}-token`)
    const args = ['add', this.options.store.id, '--role', role, '--data', join(this.folder, 'cloud'), '--out', token]
    await promisify(execFile)(process.execPath, [runner, file('cloud-sync/stores/main.ts'), ...args])
    return (await readFile(token, 'utf8')).trim()
  }

  private get secretsFile(): string {
    return join(this.folder, 'simulator-secrets.json')
  }

  private async startGateway(mqttPort: number, httpPort: number): Promise<void> {
    const { folder } = this
    const broker = this.options.broker === undefined ? [] : ['--broker', this.options.broker]
    const secrets = ['--simulator-secrets', this.secretsFile]
    const service = ['--accounts', this.accountsUrl, '--token', this.token]
    const inputs = ['--store', join(folder, 'store.json'), '--accounts-file', join(folder, 'accounts.json')]
    const ports = ['--mqtt-port', String(mqttPort), '--http-port', String(httpPort)]
    const rest = ['--data', join(folder, 'gateway'), '--clock', 'simulated', '--log-level', 'warn']
    this.gateway = await startChild(file('gateway/main.ts'), [
      ...inputs,
      ...ports,
      ...rest,
      ...service,
      ...broker,
      ...secrets,
    ])
  }
}

function port(child: Child | null, name: string): number {
  const value = child?.ready[name]
  if (typeof value !== 'number') throw new Error(`the ready line has no ${name}: ${JSON.stringify(child?.ready)}`)
  return value
}

/**
 * Credentials that a gateway makes for the simulators it is started with: they are nowhere but in the file that hands
 * them over, which is made at the first start, and no store without simulators takes them.
 */
import { existsSync, readFileSync } from 'node:fs'
import { type MqttSecrets, parseMqttSecrets } from '../../models/contracts/mqtt-secrets.ts'
import type { Store } from '../../models/contracts/store.ts'
import { writeSecret } from '../start/secrets.ts'
import type { Credential } from './credential.ts'
import { digestOf, newSecret } from './secret.ts'

/** The simulator's own connection: it owns time, and speaks for devices that have none. */
const control = 'sim'

/** Reads the file, or makes it with a secret for each device of the store. Throws when it is no such file. */
export function simulatorCredentials(file: string, store: Store): readonly Credential[] {
  const kept: MqttSecrets = existsSync(file) ? readSecrets(file) : new Map()
  const names = [control, ...store.devices.map(({ id }) => id)]
  const secrets = names.map((name) => [name, kept.get(name) ?? newSecret()] as const)
  writeSecret(file, JSON.stringify(Object.fromEntries(secrets)))
  return secrets.map(([name, secret]) => ({
    name,
    role: name === control ? 'control' : 'device',
    digest: digestOf(secret),
    certificate: null,
    madeAt: 0,
  }))
}

/** What the simulator's own connection proves itself by, at the HTTP interface too; null: there is none. */
export function controlDigestOf(simulators: readonly Credential[]): Uint8Array | null {
  return simulators.find(({ role }) => role === 'control')?.digest ?? null
}

function readSecrets(file: string): MqttSecrets {
  const parsed = parseMqttSecrets(readFileSync(file, 'utf8'))
  if (parsed.ok) return parsed.value
  throw new Error(`${file} is no file of simulators' secrets; delete it, and the next start makes another`)
}

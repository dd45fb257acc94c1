/** What the gateway has made for the simulators. */
import { readFileSync } from 'node:fs'
import { type MqttSecrets, parseMqttSecrets } from '../../models/contracts/mqtt-secrets.ts'
import { describeFault } from '../../models/contracts/validate.ts'

/** Throws in words, without what stands in the file. */
export function readMqttSecrets(file: string): MqttSecrets {
  const parsed = parseMqttSecrets(readFileSync(file, 'utf8'))
  if (parsed.ok) return parsed.value
  throw new Error(`${file} is no file of MQTT secrets: ${parsed.faults.map(describeFault).join(', ')}`)
}

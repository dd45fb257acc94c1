/** User names and secrets of MQTT connections, as a gateway hands them to the simulators that it runs with. */
import { Type } from 'typebox'
import { idPattern } from './units.ts'
import { compile, type Validated } from './validate.ts'

/** 256 bits in base64url. */
const check = compile(Type.Record(Type.String({ pattern: idPattern }), Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' })))

/** Secret by user name. */
export type MqttSecrets = ReadonlyMap<string, string>

/** From `{ "g1": "…", "sim": "…" }`. A fault never shows what stands in the file. */
export function parseMqttSecrets(text: string): Validated<MqttSecrets> {
  const parsed = check(jsonOf(text))
  if (parsed.ok) return { ok: true, value: new Map(Object.entries(parsed.value)) }
  return { ok: false, faults: parsed.faults.map((fault) => ({ ...fault, found: 'something else' })) }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

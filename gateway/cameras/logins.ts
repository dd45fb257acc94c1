/** User names and passwords of cameras, from a file of their own: the store file can be read by every page. */

import { Type } from 'typebox'
import type { Login } from '../../devices/camera/login.ts'
import type { Store } from '../../models/contracts/store.ts'
import { idPattern } from '../../models/contracts/units.ts'
import { compile, type Fault, renderFound, type Validated } from '../../models/contracts/validate.ts'

const text = Type.String({ minLength: 1, maxLength: 200 })
const check = compile(Type.Record(Type.String({ pattern: idPattern }), Type.Object({ user: text, password: text })))

export type Logins = ReadonlyMap<string, Login>

/** From `{ "cam1": { "user": "…", "password": "…" } }`. A fault never shows what stands in the file. */
export function parseLogins(content: string, store: Store): Validated<Logins> {
  const parsed = check(jsonOf(content))
  if (!parsed.ok) return { ok: false, faults: parsed.faults.map((fault) => ({ ...fault, found: 'something else' })) }
  const cameras = new Set(store.devices.flatMap(({ id, kind }) => (kind === 'camera' ? [id] : [])))
  const faults: Fault[] = Object.keys(parsed.value)
    .filter((id) => !cameras.has(id))
    .map((id) => ({ where: `/${id}`, found: renderFound(id), wanted: 'the id of a camera of the store file' }))
  return faults.length > 0 ? { ok: false, faults } : { ok: true, value: new Map(Object.entries(parsed.value)) }
}

function jsonOf(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return null
  }
}

/** Validation with the three words that a person needs: where, what was found, what was wanted. */
import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Clean } from 'typebox/value'

/** One thing wrong with a document. `where` is a JSON pointer; `found` is a short rendering of the value there. */
export interface Fault {
  readonly where: string
  readonly found: string
  readonly wanted: string
}

export type Validated<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly Fault[] }

/** More than this many faults helps nobody; the rest are usually the same mistake again. */
const maxFaults = 20
const maxFoundLength = 80

/** `/products/3/priceMinor: found "1.50", wanted integer`. */
export function describeFault(fault: Fault): string {
  return `${fault.where || '/'}: found ${fault.found}, wanted ${fault.wanted}`
}

/** Renders any JSON-like value in at most 80 characters, for error messages. Never throws, whatever somebody sent. */
export function renderFound(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (Array.isArray(value) && value.length > 8) return `a list of ${value.length}`
  const text = writtenOut(value)
  return text.length <= maxFoundLength ? text : `${text.slice(0, maxFoundLength - 1)}…`
}

/** JSON is read at any depth, and written only as deep as the stack goes: some thousand levels. */
function writtenOut(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value
  } catch {
    return 'something nested too deeply'
  }
}

/** Whether any text or name in it has U+0000, at which a database cuts a text or refuses it. For JSON of any depth. */
export function holdsNul(value: unknown): boolean {
  return holdsText(value, (text) => text.includes('\0'))
}

/** Whether any has half of a surrogate pair, of which UTF-8 has none: written down, two such texts become one. As above. */
export function holdsHalfPair(value: unknown): boolean {
  return holdsText(value, (text) => /\p{Surrogate}/u.test(text))
}

function holdsText(value: unknown, is: (text: string) => boolean): boolean {
  const left = [value]
  while (left.length > 0) {
    const each = left.pop()
    if (typeof each === 'string' && is(each)) return true
    if (typeof each !== 'object' || each === null || ArrayBuffer.isView(each)) continue
    if (!Array.isArray(each) && Object.keys(each).some(is)) return true
    for (const inner of Object.values(each)) if (typeof inner !== 'number') left.push(inner)
  }
  return false
}

/** Compiles a schema once; the returned function checks a parsed JSON value and never throws. */
export function compile<S extends TSchema>(schema: S): (value: unknown) => Validated<Static<S>> {
  const validator = Compile(schema)
  return (value) => {
    if (validator.Check(value)) return { ok: true, value: value as Static<S> }
    return { ok: false, faults: faultsOf(validator.Errors(value) as readonly SchemaError[], value) }
  }
}

/** Just what the schema names of a value that it fits, at any depth. Changes the value. */
export function onlyKnown<S extends TSchema>(schema: S, value: Static<S>): Static<S> {
  return Clean(schema, value) as Static<S>
}

interface SchemaError {
  readonly keyword: string
  readonly instancePath: string
  readonly message: string
  readonly params: Readonly<Record<string, unknown>>
}

function faultsOf(errors: readonly SchemaError[], root: unknown): Fault[] {
  const byPlace = new Map<string, Fault>()
  for (const error of errors) {
    if (byPlace.size >= maxFaults) break
    for (const fault of faultsOfError(error, root)) {
      const known = byPlace.get(fault.where)
      if (known === undefined) byPlace.set(fault.where, fault)
      else if (!known.wanted.includes(fault.wanted) && error.keyword !== 'anyOf')
        byPlace.set(fault.where, { ...known, wanted: `${known.wanted} or ${fault.wanted}` })
    }
  }
  return [...byPlace.values()]
}

function faultsOfError(error: SchemaError, root: unknown): Fault[] {
  if (error.keyword === 'required') {
    const names = error.params.requiredProperties as readonly string[]
    return names.map((name) => ({ where: `${error.instancePath}/${name}`, found: 'nothing', wanted: 'a value' }))
  }
  return [{ where: error.instancePath, found: renderFound(at(root, error.instancePath)), wanted: wantedBy(error) }]
}

function wantedBy({ keyword, params, message }: SchemaError): string {
  switch (keyword) {
    case 'const':
      return renderFound(params.allowedValue)
    case 'enum':
      return `one of ${(params.allowedValues as readonly unknown[]).map(renderFound).join(', ')}`
    case 'pattern':
      return `text that matches ${String(params.pattern)}`
    case 'type':
      return String(params.type)
    default:
      return message.replace(/^must (be |match |not )?/, (all) => (all === 'must not ' ? 'not to ' : ''))
  }
}

function at(root: unknown, pointer: string): unknown {
  let value = root
  for (const part of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string, unknown>)[part.replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  return value
}

/** From the text of a scenario file to a checked scenario; what is wrong is said in words. */
import { Value } from 'typebox/value'
import { type Document, parseDocument } from 'yaml'
import { compile, describeFault, type Fault, renderFound, type Validated } from '../../models/contracts/validate.ts'
import { ScriptedActSchema } from './act-schema.ts'
import { type Scenario, ScenarioSchema } from './schema.ts'

const check = compile(ScenarioSchema)
const actChecks = new Map(
  ScriptedActSchema.anyOf.map((schema) => {
    const checkAct = compile(schema)
    return [verbOf(schema), (act: unknown): Validated<unknown> => checkAct(Value.Default(schema, act))] as const
  }),
)
const verbs = [...actChecks.keys()]

/** The first property of an act's schema names it. */
function verbOf(schema: { readonly properties: Readonly<Record<string, unknown>> }): string {
  return Object.keys(schema.properties)[0] ?? ''
}

/** Reads YAML (or JSON, which is YAML too), fills in what is left out and checks the rest. Never throws. */
export function parseScenario(text: string): Validated<Scenario> {
  // Its warnings would go to the terminal, past the caller.
  const document = parseDocument(text, { logLevel: 'error' })
  const [error] = document.errors
  if (error !== undefined) {
    const place = error.linePos?.[0]
    const found = `${error.message.split('\n')[0]}${place === undefined ? '' : ` (line ${place.line})`}`
    return { ok: false, faults: [{ where: '', found, wanted: 'YAML' }] }
  }
  const plain = plainOf(document)
  if (!plain.ok) return plain
  const value = Value.Default(ScenarioSchema, plain.value)
  const result = check(value)
  return result.ok ? result : { ok: false, faults: inWords(result.faults, value) }
}

/** A few lines of aliases of aliases can stand for more than fits into memory: the parser refuses to spell them out. */
function plainOf(document: Document): Validated<unknown> {
  try {
    return { ok: true, value: document.toJS() }
  } catch (error) {
    return { ok: false, faults: [{ where: '', found: (error as Error).message, wanted: 'YAML that is spelled out' }] }
  }
}

/** Each fault as a sentence, one a line. */
export function describeFaults(faults: readonly Fault[]): string {
  return faults.map(describeFault).join('\n')
}

const actPlace = /^(\/people\/\d+\/does\/\d+)(\/.*)?$/

/** A union's faults name every alternative; for an act only those of its own verb help. */
function inWords(faults: readonly Fault[], value: unknown): Fault[] {
  const acts = new Set(faults.flatMap(({ where }) => actPlace.exec(where)?.[1] ?? []))
  const others = faults.filter(({ where }) => !actPlace.test(where)).flatMap(unknownSetting)
  return [...others, ...[...acts].flatMap((where) => actFaults(where, Value.Pointer.Get(value, where)))]
}

function actFaults(where: string, act: unknown): Fault[] {
  const wanted = `an act: one of ${verbs.join(', ')}`
  if (typeof act !== 'object' || act === null) return [{ where, found: renderFound(act), wanted }]
  const verb = Object.keys(act).find((key) => actChecks.has(key))
  const result = verb === undefined ? undefined : actChecks.get(verb)?.(act)
  if (result === undefined) return [{ where, found: renderFound(act), wanted }]
  return result.ok
    ? []
    : result.faults.map((fault) => ({ ...fault, where: where + fault.where })).flatMap(unknownSetting)
}

/** What the validator says of a name that the schema does not know, in words and once. */
function unknownSetting(fault: Fault): Fault[] {
  if (fault.wanted.includes('additional properties')) return []
  if (fault.wanted.includes('schema is false')) return [{ ...fault, wanted: 'no such setting (is its name misspelt?)' }]
  return [fault]
}

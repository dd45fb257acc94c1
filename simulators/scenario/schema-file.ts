/** The scenario's JSON Schema as a file: editors check and complete scenarios by it. */
import { fileURLToPath } from 'node:url'
import { ScenarioSchema } from './schema.ts'

export const schemaFile = fileURLToPath(new URL('../scenarios/scenario.schema.json', import.meta.url))

/** Only the name is needed in a file; everything else has a default, which the types do not say. */
export function schemaText(): string {
  const optional = JSON.parse(JSON.stringify(ScenarioSchema), (_, value) => withoutDefaulted(value))
  return `${JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...optional }, null, 1)}\n`
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, object>>
  readonly required?: readonly string[]
}

function withoutDefaulted(value: unknown): unknown {
  const { properties, required } = (value ?? {}) as ObjectSchema
  if (properties === undefined || required === undefined) return value
  const needed = required.filter((name) => !('default' in (properties[name] ?? {})))
  return { ...(value as object), required: needed }
}

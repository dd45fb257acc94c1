import { describe, expect, it } from 'vitest'
import * as bills from './bills.ts'
import * as commands from './commands.ts'
import * as entry from './entry.ts'
import * as http from './http.ts'
import * as messages from './messages.ts'
import * as payments from './payments.ts'
import * as people from './people.ts'
import * as privacy from './privacy.ts'
import * as recording from './recording.ts'
import * as reviews from './reviews.ts'
import * as staff from './staff.ts'
import * as store from './store.ts'

interface Schema {
  readonly type?: string
  readonly enum?: unknown
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly items?: Schema | readonly Schema[]
  readonly anyOf?: readonly Schema[]
}

/** Paths of the fields that hold a value and do not say what it is. A constant says it by itself. */
function undescribed(schema: Schema, path: string): string[] {
  const inside = [schema.items ?? [], schema.anyOf ?? [], Object.values(schema.patternProperties ?? {})].flat()
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
      const isValue = field.enum !== undefined || !['object', 'array', undefined].includes(field.type)
      const bare = isValue && !('const' in field) && field.description === undefined
      return [...(bare ? [`${path}/${name}`] : []), ...undescribed(field, `${path}/${name}`)]
    }),
    ...inside.flatMap((part) => undescribed(part as Schema, path)),
  ]
}

describe('contracts', () => {
  it('finds a field without a description', () => {
    expect(undescribed({ properties: { a: { type: 'string' } } }, '')).toEqual(['/a'])
  })

  it('describe every field', () => {
    const schemas = Object.entries({
      ...bills,
      ...commands,
      ...entry,
      ...http,
      ...messages,
      ...payments,
      ...privacy,
      ...people,
      ...recording,
      ...reviews,
      ...staff,
      ...store,
    })
      .filter(([name]) => name.endsWith('Schema'))
      .map(([name, schema]): [string, Schema] => [name, schema as Schema])
    expect(schemas.length).toBeGreaterThan(20)
    expect(schemas.flatMap(([name, schema]) => undescribed(schema, name))).toEqual([])
  })
})

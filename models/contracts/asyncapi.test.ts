import specs from '@asyncapi/specs'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { asyncApiDocument } from './asyncapi.ts'
import { deviceChannels } from './topics.ts'

/** The specification's own schema of a document; its formats (uri, email) are not what we are about. */
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, meta: false, validateSchema: false })
const validate = ajv.compile(specs.schemas['3.0.0'] as object)

describe('asyncApiDocument()', () => {
  test('is a document by the schema of AsyncAPI 3.0', () => {
    validate(asyncApiDocument())
    expect(validate.errors).toBe(null)
    expect(validate({ ...asyncApiDocument(), operations: { x: { action: 'shout' } } })).toBe(false)
  })

  test('has a channel for each that devices may use', () => {
    const { channels } = asyncApiDocument() as { channels: Record<string, { address: string }> }
    const addresses = Object.values(channels).map(({ address }) => address)
    for (const channel of deviceChannels) expect(addresses).toContain(`tillfree/1/{store}/dev/{device}/${channel}`)
  })

  test('refers to nothing that is not there', () => {
    const document = asyncApiDocument()
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? '')
    expect(references.length).toBeGreaterThan(20)
    for (const path of references) {
      const found = path.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document)
      expect(found, path).toBeDefined()
    }
  })

  test('is what is committed (npm run docs:contracts writes it)', async () => {
    await expect(`${JSON.stringify(asyncApiDocument(), null, 2)}\n`).toMatchFileSnapshot('./asyncapi.json')
  })
})

/** What the products of a store look like to the product network: a file beside the store file, made by `npm run enrol`. */
import { type Static, Type } from 'typebox'
import { IdSchema } from '../contracts/units.ts'
import { compile, describeFault } from '../contracts/validate.ts'
import { NetworkError } from '../networks/network-error.ts'

const LooksFileSchema = Type.Object(
  {
    schema: Type.Literal('tillfree.looks/1'),
    network: Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'SHA-256 of the network that saw the pictures: another one sees otherwise',
    }),
    looks: Type.Record(IdSchema, Type.String({ maxLength: 100_000 }), {
      description: 'by SKU the direction of the mean features: float32, little-endian, base64',
      maxProperties: 100_000,
    }),
  },
  { additionalProperties: false },
)
type LooksFile = Static<typeof LooksFileSchema>

/** By SKU a unit vector of the network's features. */
export type Looks = ReadonlyMap<string, Float32Array>

const check = compile(LooksFileSchema)

/** Throws a NetworkError where the text is no such file, or is another network's. `featureCount`: of the network. */
export function parseLooks(text: string, network: string, featureCount: number): Looks {
  const { network: found, looks } = fileOf(text)
  if (found !== network) throw new NetworkError(`looks: /network: found ${found}, wanted ${network}: enrol again`)
  return new Map(Object.entries(looks).map(([sku, words]) => [sku, vectorOf(sku, words, featureCount)]))
}

export function writeLooks(looks: Looks, network: string): string {
  const words = [...looks]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([sku, vector]) => [sku, Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64')])
  const file: LooksFile = { schema: 'tillfree.looks/1', network, looks: Object.fromEntries(words) }
  return `${JSON.stringify(file, null, 1)}\n`
}

function fileOf(text: string): LooksFile {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new NetworkError(`looks: ${(error as Error).message}`)
  }
  const checked = check(value)
  if (!checked.ok) throw new NetworkError(`looks: ${checked.faults.map(describeFault).join('; ')}`)
  return checked.value
}

function vectorOf(sku: string, words: string, featureCount: number): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(words, 'base64'))
  if (bytes.length !== 4 * featureCount)
    throw new NetworkError(`looks: /looks/${sku}: found ${bytes.length} bytes, wanted ${4 * featureCount}`)
  return new Float32Array(bytes.buffer)
}

/** The product networks that are committed here: what is written down about each, and its bytes, checked before use. */
import { readFileSync } from 'node:fs'
import { type Static, Type } from 'typebox'
import { compile, describeFault } from '../contracts/validate.ts'
import { NetworkError } from '../networks/network-error.ts'
import { sha256 } from '../networks/source.ts'

const ClassIdSchema = Type.Integer({
  minimum: 0,
  description: 'as in classes.csv of the data; the place in the logits',
})
const PositiveSchema = (description: string) => Type.Number({ exclusiveMinimum: 0, description })

export const ProductManifestSchema = Type.Object(
  {
    what: Type.String({ description: 'what the network is and what for, in a sentence' }),
    licence: Type.String({ description: 'SPDX identifier of the licence of the weights' }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'of the ONNX file' }),
    sidePixels: Type.Integer({ minimum: 32, maximum: 1024, description: 'pictures are squares of this side' }),
    featureCount: Type.Integer({ minimum: 1, maximum: 8192, description: 'numbers in the feature vector' }),
    temperature: PositiveSchema(
      'logits are divided by this before the softmax, so that 0.9 is right nine times in ten',
    ),
    similarityTemperature: PositiveSchema('the same for cosines with the mean features of enrolled products'),
    classes: Type.Array(
      Type.Object({
        id: ClassIdSchema,
        name: Type.String({ description: 'product' }),
        kind: Type.String({ description: 'coarse class: what a person would call it, such as Milk or Apple' }),
      }),
      { minItems: 2, description: 'in the order of the logits' },
    ),
    leftOut: Type.Array(ClassIdSchema, { description: 'classes of which it saw no picture, to measure enrolment' }),
  },
  { additionalProperties: false },
)
export type ProductManifest = Static<typeof ProductManifestSchema>

/** `enrolment-check` never saw ten of the classes and only serves to measure how well those are enrolled. */
export type ProductNetworkName = 'product-classifier' | 'enrolment-check'

export interface ProductNetwork {
  readonly manifest: ProductManifest
  /** Bytes of an ONNX file. */
  readonly onnx: Uint8Array
}

const check = compile(ProductManifestSchema)

/** Throws a NetworkError where a file is missing, breaks its schema, or is not the one that was measured. */
export function readProductNetwork(name: ProductNetworkName, folder = import.meta.dirname): ProductNetwork {
  const manifest = manifestOf(`${name}.json`, readBytes(folder, `${name}.json`))
  const onnx = readBytes(folder, `${name}.onnx`)
  const found = sha256(onnx)
  if (found !== manifest.sha256)
    throw new NetworkError(
      `models/products/${name}.onnx was altered: found SHA-256 ${found}, wanted ${manifest.sha256}`,
    )
  return { manifest, onnx }
}

function manifestOf(file: string, bytes: Uint8Array): ProductManifest {
  try {
    const checked = check(JSON.parse(new TextDecoder().decode(bytes)))
    if (checked.ok) return checked.value
    throw new Error(checked.faults.map(describeFault).join('; '))
  } catch (error) {
    throw new NetworkError(`models/products/${file}: ${(error as Error).message}`)
  }
}

function readBytes(folder: string, file: string): Uint8Array {
  try {
    return readFileSync(`${folder}/${file}`)
  } catch (error) {
    throw new NetworkError(`models/products/${file} cannot be read: ${(error as Error).message}`)
  }
}

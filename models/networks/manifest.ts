/** What is written down about a neural network before it may run: where it comes from, and what goes in and out. */
import { readFileSync } from 'node:fs'
import { type Static, Type } from 'typebox'
import { compile, describeFault } from '../contracts/validate.ts'
import { NetworkError } from './network-error.ts'

const Sha256Schema = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 in hexadecimal' })
const SizeSchema = Type.Integer({ minimum: 1, maximum: 4096, description: 'pixels' })

export const NetworkManifestSchema = Type.Object(
  {
    name: Type.String({ pattern: '^[a-z0-9-]{1,64}$', description: 'what the network is called here, and its file' }),
    what: Type.String({ description: 'what it is and what it does, in a sentence' }),
    licence: Type.String({ description: 'SPDX identifier of the licence of the weights' }),
    source: Type.Object({
      package: Type.String({ description: 'npm package that brings the weights' }),
      version: Type.String({ description: 'the version of it that was measured' }),
      file: Type.String({ description: 'file inside the package' }),
      fromByte: Type.Integer({ minimum: 0, description: 'where the TFLite file begins inside that file' }),
      toByte: Type.Integer({ minimum: 1, description: 'where it ends; this byte is no longer part of it' }),
      sha256: Sha256Schema,
    }),
    convertedSha256: Sha256Schema,
    input: Type.Object({
      width: SizeSchema,
      height: SizeSchema,
      layout: Type.Enum(['rgb-bytes'], { description: 'rows of red, green and blue bytes; the graph normalises them' }),
      scale: Type.Number({ description: 'the network was trained on byte * scale + offset' }),
      offset: Type.Number({ description: 'the network was trained on byte * scale + offset' }),
      framing: Type.String({ description: 'how a picture of another shape is brought to this one' }),
    }),
    outputs: Type.Array(
      Type.Object({
        name: Type.String({ description: 'what it is called after conversion' }),
        tensor: Type.String({ description: 'what it is called in the TFLite file' }),
        shape: Type.Array(Type.Integer({ minimum: 1 }), { description: 'dimensions' }),
        what: Type.String({ description: 'what the numbers mean, in order' }),
      }),
      { minItems: 1 },
    ),
    thresholds: Type.Record(
      Type.String(),
      Type.Object({
        value: Type.Number({ description: 'what a store runs with' }),
        why: Type.String({ description: 'measured or reasoned, on what' }),
      }),
    ),
    measured: Type.Array(
      Type.Object({
        what: Type.String({ description: 'the quantity, with its unit' }),
        value: Type.String({ description: 'what was found' }),
        on: Type.String({ description: 'on what data or machine' }),
      }),
    ),
  },
  { additionalProperties: false },
)
export type NetworkManifest = Static<typeof NetworkManifestSchema>

/** Every network that is used; each has a manifest and reference outputs of that name in this folder. */
export const networkNames = ['person-detection', 'pose-landmarks-lite', 'pose-landmarks-full'] as const
export type NetworkName = (typeof networkNames)[number]

const check = compile(NetworkManifestSchema)

/** Throws a NetworkError when the manifest breaks its schema. */
export function readManifest(name: NetworkName): NetworkManifest {
  const file = `models/networks/${name}.json`
  const checked = check(JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8')))
  if (!checked.ok) throw new NetworkError(`${file}: ${checked.faults.map(describeFault).join('; ')}`)
  return checked.value
}

/** The threshold of that name; a manifest without it is a fault of ours. */
export function threshold({ name, thresholds }: NetworkManifest, which: string): number {
  const found = thresholds[which]
  if (found === undefined) throw new NetworkError(`models/networks/${name}.json: found no threshold "${which}"`)
  return found.value
}

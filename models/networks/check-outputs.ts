/** Whether a converted network says what the TFLite interpreter says of the same picture. */
import { readFileSync } from 'node:fs'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { type Static, Type } from 'typebox'
import { compile } from '../contracts/validate.ts'
import { inputName } from '../conversion/convert.ts'
import type { NetworkManifest } from './manifest.ts'
import { NetworkError } from './network-error.ts'
import { referenceInput } from './reference-input.ts'

/**
 * A sample may be off by this share of the output's root mean square. Single precision summed in another order differs by
 * 0.001 % in the worst of our networks [measured]; a wrong stride, padding or order of channels by tens of percent.
 */
const tolerance = 0.001

const OutputSchema = Type.Object({
  length: Type.Integer({ minimum: 1, description: 'how many numbers the output has' }),
  mean: Type.Number({ description: 'of all of them' }),
  rms: Type.Number({ minimum: 0, description: 'root mean square of all of them' }),
  every: Type.Integer({ minimum: 1, description: 'samples are the numbers at 0, every, 2 * every …' }),
  samples: Type.Array(Type.Number(), { minItems: 1, description: 'some of them' }),
})
const ReferencesSchema = Type.Object({
  madeWith: Type.String({ description: 'the other implementation, with its version' }),
  outputs: Type.Record(Type.String(), OutputSchema),
})
const checkReferences = compile(ReferencesSchema)

/** Runs the network once on the reference input. Throws a NetworkError at the first output that differs. */
export async function checkOutputs({ name, input, outputs }: NetworkManifest, onnx: Uint8Array): Promise<void> {
  const references = readReferences(name)
  const session = await InferenceSession.create(onnx, { intraOpNumThreads: 1 })
  const picture = new Tensor('uint8', referenceInput(input.width, input.height), [1, input.height, input.width, 3])
  const found = await session.run({ [inputName]: picture })
  for (const output of outputs) {
    const reference = references.outputs[output.name]
    const difference =
      reference === undefined ? 'no reference' : differenceOf(found[output.name]?.data as Float32Array, reference)
    if (difference !== null) throw new NetworkError(`network ${name}: output "${output.name}": ${difference}`)
  }
  await session.release()
}

function readReferences(name: string): Static<typeof ReferencesSchema> {
  const file = new URL(`./references/${name}.json`, import.meta.url)
  const checked = checkReferences(JSON.parse(readFileSync(file, 'utf8')))
  if (!checked.ok) throw new NetworkError(`models/networks/references/${name}.json breaks its schema`)
  return checked.value
}

/** In words where they differ, else null. */
export function differenceOf(found: Float32Array, wanted: Static<typeof OutputSchema>): string | null {
  if (found.length !== wanted.length) return `found ${found.length} numbers, wanted ${wanted.length}`
  const { mean, rms, samples, every } = wanted
  const allowed = tolerance * rms
  const compare = (what: string, value: number, reference: number) =>
    Math.abs(value - reference) <= allowed ? null : `found ${what} ${value}, wanted ${reference} within ${allowed}`
  return (
    compare('mean', meanOf(found), mean) ??
    compare('root mean square', Math.sqrt(meanOf(found.map((value) => value * value))), rms) ??
    samples.reduce<string | null>(
      (said, sample, index) => said ?? compare(`number ${index * every}`, found[index * every] ?? Number.NaN, sample),
      null,
    )
  )
}

function meanOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

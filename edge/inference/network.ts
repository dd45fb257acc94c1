/** One network on one core of the processor. */
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { inputName } from '../../models/conversion/convert.ts'
import type { NetworkManifest, NetworkName } from '../../models/networks/manifest.ts'
import { prepareNetwork } from '../../models/networks/prepare.ts'

export interface Network {
  readonly manifest: NetworkManifest
  /** Pixels [height, width, 3] to the numbers of each output of the manifest. Blocks its thread while it computes. */
  run(pixels: Uint8Array): Promise<Readonly<Record<string, Float32Array>>>
}

/** Throws a NetworkError where the network is missing, altered or not as its manifest says. */
export async function openNetwork(name: NetworkName): Promise<Network> {
  const { manifest, onnx } = await prepareNetwork(name)
  // One thread each: with two on a busy machine of two cores a run took twice as long.
  const session = await InferenceSession.create(onnx, { intraOpNumThreads: 1, interOpNumThreads: 1 })
  const dims = [1, manifest.input.height, manifest.input.width, 3]
  return {
    manifest,
    async run(pixels) {
      const outputs = await session.run({ [inputName]: new Tensor('uint8', pixels, dims) })
      return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data as Float32Array]))
    },
  }
}

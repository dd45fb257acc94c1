/** What the product network sees in a picture: how likely each product that it was trained on, and a vector for others. */
import { InferenceSession, Tensor } from 'onnxruntime-node'
import {
  type ProductManifest,
  type ProductNetworkName,
  readProductNetwork,
} from '../../models/products/product-network.ts'
import type { Picture } from './picture.ts'
import { type Crop, productPicture } from './product-picture.ts'

/** What the network says of one picture. */
export interface ProductLook {
  /** By class, in the order of the manifest. */
  readonly logits: Float32Array
  /** Unit vector: alike things are near each other, trained on or not. */
  readonly features: Float32Array
}

export interface ProductClassifier {
  readonly manifest: ProductManifest
  /** `picture`: red, green and blue bytes [side, side, 3], side as in the manifest. */
  look(picture: Uint8Array): Promise<ProductLook>
  release(): Promise<void>
}

/** The features of a picture, or of a part of it. Throws a PictureError as `productPicture` does. */
export async function featuresOf(
  { manifest, look }: Pick<ProductClassifier, 'manifest' | 'look'>,
  picture: Picture,
  part?: Crop,
): Promise<Float32Array> {
  return (await look(await productPicture(picture, manifest.sidePixels, part))).features.slice()
}

/** Throws a NetworkError when the network is missing or altered. */
export async function openProductClassifier(
  name: ProductNetworkName = 'product-classifier',
): Promise<ProductClassifier> {
  const { manifest, onnx } = readProductNetwork(name)
  // One thread: with two on two busy cores it took twice as long.
  const session = await InferenceSession.create(onnx, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  })
  const shape = [1, manifest.sidePixels, manifest.sidePixels, 3]
  return {
    manifest,
    look: async (picture) => {
      const { logits, features } = await session.run({ picture: new Tensor('uint8', picture, shape) })
      return { logits: logits?.data as Float32Array, features: features?.data as Float32Array }
    },
    release: () => session.release(),
  }
}

/** What the product network sees in a picture: how likely each product that it was trained on, and a vector for others. */
import { InferenceSession, Tensor } from 'onnxruntime-node'
import {
  type ProductManifest,
  type ProductNetworkName,
  readProductNetwork,
} from '../../models/products/product-network.ts'
import type { Picture } from './picture.ts'
import { type Crop, productViews } from './product-picture.ts'

/** What the network says of one thing: the mean over its views. */
export interface ProductLook {
  /** By class, in the order of the manifest. */
  readonly logits: Float32Array
  /** Unit vector: alike things are near each other, trained on or not. */
  readonly features: Float32Array
}

export interface ProductClassifier {
  readonly manifest: ProductManifest
  /** `views`: red, green and blue bytes [n, side, side, 3] of one thing, side as in the manifest. */
  look(views: Uint8Array): Promise<ProductLook>
  release(): Promise<void>
}

/** The features of a picture, or of a part of it. Throws a PictureError as `productPicture` does. */
export async function featuresOf(
  { manifest, look }: Pick<ProductClassifier, 'manifest' | 'look'>,
  picture: Picture,
  part?: Crop,
): Promise<Float32Array> {
  return (await look(await productViews(picture, manifest.sidePixels, part))).features
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
  const { sidePixels } = manifest
  return {
    manifest,
    look: async (views) => {
      const count = views.length / (sidePixels ** 2 * 3)
      const pictures = new Tensor('uint8', views, [count, sidePixels, sidePixels, 3])
      const { logits, features } = await session.run({ picture: pictures })
      const mean = meanOf(features?.data as Float32Array, count)
      const length = Math.hypot(...mean)
      return { logits: meanOf(logits?.data as Float32Array, count), features: mean.map((value) => value / length) }
    },
    release: () => session.release(),
  }
}

/** Of `count` rows that follow each other. */
function meanOf(rows: Float32Array, count: number): Float32Array {
  const size = rows.length / count
  const mean = new Float32Array(size)
  for (const [at, value] of rows.entries()) mean[at % size] = (mean[at % size] ?? 0) + value / count
  return mean
}

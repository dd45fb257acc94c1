/** What products look like, from a few pictures of each, without training. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PictureError } from '../../edge/inference/picture.ts'
import { enrol as enrolOne } from '../../edge/inference/product-likelihoods.ts'
import { featuresOf, type ProductClassifier } from '../../edge/inference/products.ts'

export interface Enrolled {
  readonly looks: ReadonlyMap<string, Float32Array>
  /** What could not be taken, in words. */
  readonly faults: readonly string[]
}

/** More pictures of one product change its mean no more. */
const mostPictures = 50
/** From one picture six of ten are told from one alike, from five seven, from ten eight (models/products/README.md). */
const fewPictures = 5

/** `folder`: a folder for each SKU with its pictures (JPEG). `skus`: those of the store. */
export async function enrol(
  classifier: Pick<ProductClassifier, 'manifest' | 'look'>,
  folder: string,
  skus: ReadonlySet<string>,
): Promise<Enrolled> {
  const looks = new Map<string, Float32Array>()
  const faults: string[] = []
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  for (const { name: sku } of folders.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!skus.has(sku)) {
      faults.push(`${sku}: found a folder of this name, wanted an SKU of the store`)
      continue
    }
    const seen: Float32Array[] = []
    for (const file of readdirSync(join(folder, sku)).sort().slice(0, mostPictures)) {
      const features = await featuresIn(classifier, join(folder, sku, file))
      if (typeof features === 'string') faults.push(`${sku}/${file}: ${features}`)
      else seen.push(features)
    }
    if (seen.length === 0) faults.push(`${sku}: found no picture that can be read, wanted one to ${mostPictures}`)
    else looks.set(sku, enrolOne(seen))
    if (seen.length > 0 && seen.length < fewPictures)
      faults.push(
        `${sku}: found ${seen.length}, wanted ${fewPictures} pictures or more: enrolled, but not to be relied on`,
      )
  }
  return { looks, faults }
}

/** Or why there are none. */
async function featuresIn(
  classifier: Pick<ProductClassifier, 'manifest' | 'look'>,
  path: string,
): Promise<Float32Array | string> {
  try {
    return await featuresOf(classifier, { kind: 'jpeg', bytes: readFileSync(path) })
  } catch (error) {
    if (!(error instanceof PictureError)) throw error
    return error.message
  }
}

/** What product each of many pictures shows. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PictureError } from '../../edge/inference/picture.ts'
import { largest, softmax } from '../../edge/inference/product-likelihoods.ts'
import { productViews } from '../../edge/inference/product-picture.ts'
import type { ProductClassifier } from '../../edge/inference/products.ts'

/** A line of the file that `npm run classify` writes. */
export interface ClassifiedPicture {
  readonly path: string
  /** The likeliest first, at most five; none where the picture cannot be looked at. */
  readonly top: readonly { readonly classId: number; readonly name: string; readonly p: number }[]
  /** Why it cannot be looked at. */
  readonly error?: string
}

const topCount = 5

/** Paths in a list, one a line; anything after a comma is ignored. */
export function pathsIn(text: string): string[] {
  const lines = text.split(/\r?\n/)
  return lines.map((line) => (line.split(',')[0] ?? '').trim()).filter((path) => path !== '')
}

/** The picture at `path` below the folder. */
export async function classify(
  classifier: ProductClassifier,
  folder: string,
  path: string,
): Promise<ClassifiedPicture> {
  try {
    const bytes = readFileSync(join(folder, path))
    const { logits } = await classifier.look(
      await productViews({ kind: 'jpeg', bytes }, classifier.manifest.sidePixels),
    )
    return { path, top: topOf(softmax(logits, classifier.manifest.temperature), classifier) }
  } catch (error) {
    if (!(error instanceof PictureError) && !isFileError(error)) throw error
    return { path, top: [], error: (error as Error).message }
  }
}

function topOf(probabilities: readonly number[], { manifest }: ProductClassifier): ClassifiedPicture['top'] {
  return largest(probabilities, topCount).flatMap((place) => {
    const found = manifest.classes[place]
    return found === undefined
      ? []
      : [{ classId: found.id, name: found.name, p: Number((probabilities[place] ?? 0).toFixed(6)) }]
  })
}

export function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}

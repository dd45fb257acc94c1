/** Pictures of real packages, from a folder of the Grocery Store Dataset's layout, as what is printed on the simulated ones. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { Random } from '../random.ts'
import type { Print, Prints } from './goods.ts'

/** A camera under the ceiling sees a package at some 30 pixels; more would only flicker. */
const width = 32
const height = 48

/**
 * For each product a picture whose name shares a word with it where there is one, else any; always the same one.
 * @throws Error where the folder has no pictures of packages
 */
export async function readPrints(folder: string): Promise<Prints> {
  const packages = join(folder, 'iconic', 'Packages')
  const files = readdirSync(packages, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.jpg'))
  if (files.length === 0) throw new Error(`${packages}: found no .jpg file, wanted iconic pictures of packages`)
  files.sort()
  const prints = new Map<string, Print>()
  for (const file of files) prints.set(file, await readPrint(join(packages, file)))
  return ({ sku, name }) => prints.get(new Random(0, `print/${sku}`).pick(alike(files, name)))
}

function alike(files: readonly string[], name: string): readonly string[] {
  const words = name.toLowerCase().match(/[a-z]{4,}/g) ?? []
  const related = files.filter((file) => words.some((word) => file.toLowerCase().includes(word)))
  return related.length > 0 ? related : files
}

/** Without the white around it, in shares of light. */
async function readPrint(path: string): Promise<Print> {
  const size = { width, height, fit: 'fill' } as const
  const bytes = await sharp(path).trim().resize(size).removeAlpha().toColourspace('srgb').raw().toBuffer()
  return { width, height, light: Float32Array.from(bytes, linear) }
}

/** sRGB (IEC 61966-2-1); paper throws back some 85 % of the light at most. */
function linear(byte: number): number {
  const level = byte / 255
  return 0.85 * (level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4)
}

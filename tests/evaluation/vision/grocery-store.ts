/** The pictures of the Grocery Store Dataset beside the repository. */
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const groceryStore = resolve(import.meta.dirname, '../../../../shared/data/grocery-store')

export interface LabelledPicture {
  readonly file: string
  readonly classId: number
}

/** Throws where the data are missing. */
export function labelledPictures(list: 'train' | 'val', folder = groceryStore): LabelledPicture[] {
  if (!existsSync(folder)) throw new Error(`${folder} is missing: this needs the pictures of grocery-store there`)
  const lines = readFileSync(join(folder, `${list}.txt`), 'utf8').split('\n')
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [path = '', classId = ''] = line.split(',').map((part) => part.trim())
      return { file: join(folder, path), classId: Number(classId) }
    })
}

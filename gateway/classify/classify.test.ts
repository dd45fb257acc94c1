import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openProductClassifier, type ProductClassifier } from '../../edge/inference/products.ts'
import { classify, pathsIn } from './classify.ts'

describe('pathsIn()', () => {
  it('ignores what follows a comma, spaces around and empty lines', () => {
    expect(pathsIn('a/b.jpg, 3, 1\r\n\n  c d.jpg \ne.jpg,')).toEqual(['a/b.jpg', 'c d.jpg', 'e.jpg'])
  })
})

describe('classify()', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillfree-classify-'))
  let classifier: ProductClassifier
  beforeAll(async () => {
    classifier = await openProductClassifier()
  })
  afterAll(async () => {
    await classifier.release()
    rmSync(folder, { recursive: true })
  })

  it('gives five different products, the likeliest first, with probabilities', async () => {
    const plain = sharp({ create: { width: 300, height: 200, channels: 3, background: { r: 200, g: 180, b: 40 } } })
    await plain.jpeg().toFile(join(folder, 'yellow.jpg'))
    const { path, top, error } = await classify(classifier, folder, 'yellow.jpg')
    expect([path, error, new Set(top.map(({ classId }) => classId)).size]).toEqual(['yellow.jpg', undefined, 5])
    const shares = top.map(({ p }) => p)
    expect(shares).toEqual([...shares].sort((a, b) => b - a))
    expect(shares.reduce((sum, p) => sum + p, 0)).toBeLessThanOrEqual(1.00001)
  })

  it('says why a picture cannot be looked at, and goes on', async () => {
    writeFileSync(join(folder, 'broken.jpg'), 'nothing to see')
    expect(await classify(classifier, folder, 'broken.jpg')).toMatchObject({
      top: [],
      error: expect.stringContaining('(JPEG)'),
    })
    expect(await classify(classifier, folder, 'absent.jpg')).toMatchObject({
      top: [],
      error: expect.stringContaining('ENOENT'),
    })
  })
})

import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NetworkError } from '../../models/networks/network-error.ts'
import { readProductNetwork } from '../../models/products/product-network.ts'
import { openProductClassifier, type ProductClassifier } from './products.ts'

describe('look()', () => {
  let classifier: ProductClassifier
  beforeAll(async () => {
    classifier = await openProductClassifier()
  })
  afterAll(() => classifier.release())

  it('gives a logit a class and a unit vector, the same again for the same picture', async () => {
    const { classes, featureCount, sidePixels } = classifier.manifest
    const picture = new Uint8Array(sidePixels ** 2 * 3).map((_, index) => (index * 7919) % 256)
    const { logits, features } = await classifier.look(picture)
    expect([logits.length, features.length]).toEqual([classes.length, featureCount])
    expect(Math.hypot(...features)).toBeCloseTo(1, 3)
    expect(await classifier.look(picture)).toEqual({ logits, features })
  })

  it('gives the mean over the views of a thing', async () => {
    const size = classifier.manifest.sidePixels ** 2 * 3
    const views = [new Uint8Array(size).fill(40), new Uint8Array(size).map((_, index) => (index * 31) % 256)]
    const [one, other] = [
      await classifier.look(views[0] ?? expect.fail()),
      await classifier.look(views[1] ?? expect.fail()),
    ]
    const both = await classifier.look(Buffer.concat(views))
    for (const at of [0, 40, 80])
      expect(both.logits[at]).toBeCloseTo(((one.logits[at] ?? 0) + (other.logits[at] ?? 0)) / 2, 3)
    expect(Math.hypot(...both.features)).toBeCloseTo(1, 3)
  })

  it('names 81 products in the order of their ids', () => {
    expect(classifier.manifest.classes.map(({ id }) => id)).toEqual([...Array(81).keys()])
  })
})

describe('readProductNetwork()', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillfree-products-'))
  const network = 'product-classifier'
  afterAll(() => rmSync(folder, { recursive: true }))

  it('refuses a network that is missing, altered, or described wrongly', () => {
    expect(() => readProductNetwork(network, folder)).toThrow(NetworkError)
    cpSync(resolve(import.meta.dirname, `../../models/products/${network}.json`), join(folder, `${network}.json`))
    expect(() => readProductNetwork(network, folder)).toThrow('product-classifier.onnx cannot be read')
    writeFileSync(join(folder, `${network}.onnx`), 'other bytes')
    expect(() => readProductNetwork(network, folder)).toThrow('product-classifier.onnx was altered: found SHA-256')
    writeFileSync(join(folder, `${network}.json`), '{}')
    expect(() => readProductNetwork(network, folder)).toThrow('/what: found nothing, wanted a value')
    writeFileSync(join(folder, `${network}.json`), '{')
    expect(() => readProductNetwork(network, folder)).toThrow(NetworkError)
  })
})

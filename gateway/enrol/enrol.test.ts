import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseLooks, writeLooks } from '../../models/products/looks.ts'
import { enrol } from './enrol.ts'

const manifest = {
  what: '',
  licence: '',
  sha256: 'a'.repeat(64),
  sidePixels: 32,
  featureCount: 3,
  temperature: 1,
  similarityTemperature: 1,
  classes: [],
  leftOut: [],
}
/** Its features are the mean colour of a picture. */
const classifier = {
  manifest,
  async look(picture: Uint8Array) {
    const mean = [0, 1, 2].map((channel) => picture.filter((_, i) => i % 3 === channel).reduce((a, b) => a + b, 0))
    const length = Math.hypot(...mean)
    return { logits: new Float32Array(), features: Float32Array.from(mean, (value) => value / length) }
  },
}

describe('enrol()', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillfree-enrol-'))
  beforeAll(async () => {
    for (const [sku, background] of [
      ['red', { r: 255, g: 0, b: 0 }],
      ['green', { r: 0, g: 255, b: 0 }],
      ['stranger', { r: 0, g: 0, b: 255 }],
    ] as const) {
      mkdirSync(join(folder, sku))
      for (let i = 0; i < 5; i++)
        await sharp({ create: { width: 40, height: 40, channels: 3, background } })
          .jpeg()
          .toFile(join(folder, sku, `${i}.jpg`))
    }
    writeFileSync(join(folder, 'green', 'torn.jpg'), 'nothing to see')
    mkdirSync(join(folder, 'empty'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('points each SKU of the store where its pictures point, and says what it could not take', async () => {
    const { looks, faults } = await enrol(classifier, folder, new Set(['red', 'green', 'empty']))
    expect([...looks.keys()]).toEqual(['green', 'red'])
    expect(looks.get('red')?.[0]).toBeGreaterThan(0.99)
    expect(faults).toEqual([
      'empty: found no picture that can be read, wanted one to 50',
      expect.stringMatching(/^green\/torn\.jpg: .*JPEG/),
      'stranger: found a folder of this name, wanted an SKU of the store',
    ])
  })
})

describe('parseLooks()', () => {
  const looks = new Map([['red', Float32Array.of(0.6, 0.8, 0)]])
  const text = writeLooks(looks, manifest.sha256)

  it('reads what was written', () => {
    expect(parseLooks(text, manifest.sha256, 3)).toEqual(looks)
  })

  it.each([
    ['another network', text, 'b'.repeat(64), 3, 'looks: /network: found aaa'],
    ['other features', text, manifest.sha256, 4, 'looks: /looks/red: found 12 bytes, wanted 16'],
    ['no JSON', 'looks', manifest.sha256, 3, 'looks: Unexpected token'],
    ['another file', '{"schema":"x"}', manifest.sha256, 3, 'looks: /'],
  ])('refuses %s', (_, given, network, count, words) => {
    expect(() => parseLooks(given, network, count)).toThrow(words)
  })
})

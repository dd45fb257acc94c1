import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, expect, test } from 'vitest'
import type { Product } from '../../models/contracts/store.ts'
import { readPrints } from './prints.ts'

const folder = mkdtempSync(join(tmpdir(), 'tillfree-prints-'))
afterAll(() => rmSync(folder, { recursive: true }))

const product = (sku: string, name: string): Product => ({
  sku,
  name,
  priceMinor: 100,
  taxRate: 0.1,
  massGrams: { mean: 500, sd: null },
})

test('readPrints() says where it looked when there are no pictures', async () => {
  mkdirSync(join(folder, 'iconic', 'Packages'), { recursive: true })
  await expect(readPrints(folder)).rejects.toThrow('found no .jpg file')
})

test('readPrints() takes a picture whose name shares a word with the product, and the same one each time', async () => {
  for (const [name, background] of [
    ['Arla-Milk', '#f00'],
    ['Apple-Juice', '#00f'],
  ] as const) {
    const image = sharp({ create: { width: 40, height: 60, channels: 3, background } })
    await image
      .extend({ top: 9, bottom: 9, left: 9, right: 9, background: '#fff' })
      .jpeg()
      .toFile(join(folder, 'iconic', 'Packages', `${name}_Iconic.jpg`))
  }
  const prints = await readPrints(folder)
  const juice = prints(product('1', 'Apple juice 1 l'))
  const middle = 3 * ((juice?.width ?? 0) / 2 + (juice?.width ?? 0) * Math.floor((juice?.height ?? 0) / 2))
  const [red = 1, , blue = 0] = juice?.light.subarray(middle) ?? []
  expect(blue).toBeGreaterThan(0.6)
  expect(red).toBeLessThan(0.1)
  const other = product('2', 'Basmati rice 1 kg')
  expect(prints(other)).toBe(prints(other))
})

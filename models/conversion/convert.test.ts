import { describe, expect, it } from 'vitest'
import { readManifest } from '../networks/manifest.ts'
import { readSource } from '../networks/source.ts'
import { convert } from './convert.ts'
import { ConversionError } from './tflite.ts'

const plan = { scale: 1, offset: 0, outputs: [] }

describe('convert()', () => {
  it('refuses what is no TFLite file', () => {
    const png = new TextEncoder().encode('\x89PNG\r\n\x1a\n and so on')
    expect(() => convert(png, plan)).toThrow(ConversionError)
    expect(() => convert(png, plan)).toThrow('wanted "TFL3"')
  })

  const pose = readSource(readManifest('pose-landmarks-lite'))

  it.each([
    ['an output that the network has not', 'nose', 'the network has no tensor "nose"'],
    ['a feature map as output', 'Identity_2', 'output "Identity_2" is a feature map, wanted a list'],
  ])('refuses %s', (_, tensor, message) => {
    expect(() => convert(pose, { ...plan, outputs: [{ tensor, name: 'out' }] })).toThrow(message)
  })

  it('leaves out what only other outputs need', () => {
    const sizeWith = (tensors: readonly string[]) =>
      convert(pose, { ...plan, outputs: tensors.map((tensor) => ({ tensor, name: tensor })) }).length
    expect(sizeWith(['Identity_1'])).toBeLessThan(sizeWith(['Identity', 'Identity_1', 'Identity_4']))
  })
})

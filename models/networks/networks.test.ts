import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { convert } from '../conversion/convert.ts'
import { checkOutputs, differenceOf } from './check-outputs.ts'
import { networkNames, readManifest, threshold } from './manifest.ts'
import { NetworkError } from './network-error.ts'
import { prepareNetwork } from './prepare.ts'
import { readSource, sha256 } from './source.ts'

const small = readManifest('pose-landmarks-lite')
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillfree-networks-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('readManifest()', () => {
  it.each(networkNames)('%s is about the package that is installed', (name) => {
    const { source, licence } = readManifest(name)
    const installed = createRequire(import.meta.url)(`${source.package}/package.json`)
    expect(installed).toMatchObject({ version: source.version, license: licence })
  })

  it.each(networkNames)('%s has references for every output', (name) => {
    const references = JSON.parse(readFileSync(new URL(`./references/${name}.json`, import.meta.url), 'utf8'))
    expect(Object.keys(references.outputs)).toEqual(readManifest(name).outputs.map((output) => output.name))
  })
})

describe('threshold()', () => {
  it('refuses one that is not written down', () => {
    expect(() => threshold(small, 'beauty')).toThrow('found no threshold "beauty"')
  })
})

describe('readSource()', () => {
  it('refuses a source that was altered', () => {
    const altered = { ...small, source: { ...small.source, fromByte: 1 } }
    expect(() => readSource(altered)).toThrow(NetworkError)
    expect(() => readSource(altered)).toThrow(
      /pose_landmark_lite\.tflite was altered: found SHA-256 \w{64}, wanted f17b/,
    )
  })

  it('refuses a package or a file that is missing', () => {
    const missing = { ...small, source: { ...small.source, package: '@mediapipe/no-such' } }
    expect(() => readSource(missing)).toThrow(NetworkError)
    expect(() => readSource(missing)).toThrow('network pose-landmarks-lite: cannot read @mediapipe/no-such/')
  })
})

describe('prepareNetwork()', () => {
  it.each(networkNames)('%s says what the TFLite interpreter says, and is kept', async (name) => {
    const { manifest, onnx } = await prepareNetwork(name, folder)
    expect(sha256(onnx)).toBe(manifest.convertedSha256)
    const [file = ''] = readdirSync(folder).filter((kept) => kept.startsWith(`${name}-`))
    expect(sha256(readFileSync(join(folder, file)))).toBe(manifest.convertedSha256)
  })

  it('makes a network again that was altered in the cache', async () => {
    const { manifest } = await prepareNetwork('pose-landmarks-lite', folder)
    const file = join(folder, `${small.name}-${manifest.convertedSha256.slice(0, 12)}.onnx`)
    writeFileSync(file, readFileSync(file).subarray(0, 1_000_000))
    const again = await prepareNetwork('pose-landmarks-lite', folder)
    expect(sha256(again.onnx)).toBe(manifest.convertedSha256)
    expect(sha256(readFileSync(file))).toBe(manifest.convertedSha256)
  })

  it('works where nothing can be kept', async () => {
    const file = join(folder, 'a-file')
    writeFileSync(file, '')
    const { manifest, onnx } = await prepareNetwork('pose-landmarks-lite', file)
    expect(sha256(onnx)).toBe(manifest.convertedSha256)
  })
})

describe('checkOutputs()', () => {
  it('refuses a network that was converted wrongly', async () => {
    const wrong = convert(readSource(small), { ...small.input, offset: -0.1, outputs: small.outputs })
    await expect(checkOutputs(small, wrong)).rejects.toThrow(/output "joints": found .+, wanted .+ within/)
  })
})

describe('differenceOf()', () => {
  const wanted = { length: 4, mean: 0, rms: 1, every: 3, samples: [1, -1] }

  it.each([
    ['nothing wrong', [1, -1, 1, -1], null],
    ['another length', [1, -1], 'found 2 numbers, wanted 4'],
    ['a number that is off', [1, -1, -1, 1], 'found number 3 1, wanted -1 within 0.001'],
    ['what is no number', [Number.NaN, 1, 1, 1], 'found mean NaN, wanted 0 within 0.001'],
  ])('says %s', (_, found, words) => {
    expect(differenceOf(Float32Array.from(found), wanted)).toBe(words)
  })
})

/** The rules of ARCHITECTURE.md that a compiler does not hold; each is also broken on purpose, to see that it is held. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findImpurities } from './impurities.ts'

const root = resolve(import.meta.dirname, '../..')
/** Folders whose code gets time and randomness as arguments. */
const pureFolders = [
  'edge/engine',
  'edge/sensing',
  'edge/tracking',
  'gateway/ingest',
  'models/contracts',
  'simulators/world',
  'simulators/sensors',
]
/** Above this a file cannot be held in one's head (the median of the codebases that we follow is 40 to 160). */
const mostLines = 400

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/(^|\/)(node_modules|dist)\//.test(name))
    .map((name) => join(folder, name))
}

describe('findImpurities()', () => {
  it('sees clock, randomness and platform', () => {
    expect(findImpurities('const a = Date.now()\nconst b = Math.random()\nconst c = new Date()')).toEqual([
      '1: Date.now',
      '2: Math.random',
      '3: new Date()',
    ])
    expect(findImpurities('setTimeout(f, 1); process.exit(); void fetch("x"); performance.now()')).toHaveLength(4)
  })

  it('lets pure code be', () => {
    expect(findImpurities('const t = new Date(0); Math.hypot(1, 2); const fetch2 = { fetch: 1 }.fetch')).toEqual([])
  })

  it.each(pureFolders)('finds none in %s', (folder) => {
    const found = sources(folder)
      .filter((file) => !/\.test\.ts$|fixtures?\.ts$/.test(file))
      .flatMap((file) => findImpurities(readFileSync(join(root, file), 'utf8')).map((what) => `${file}:${what}`))
    expect(found).toEqual([])
  })
})

describe('dependency-cruiser', () => {
  /** Cruises a copy of the edge and the contracts in which one file was added. */
  function cruise(added: string, text: string): string {
    const copy = mkdtempSync(join(tmpdir(), 'tillfree-boundaries-'))
    try {
      for (const name of ['edge', 'models', 'simulators', 'tsconfig.json', 'package.json', '.dependency-cruiser.cjs'])
        cpSync(join(root, name), join(copy, name), { recursive: true })
      symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
      writeFileSync(join(copy, added), text)
      const bin = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
      return execFileSync(process.execPath, [bin, 'edge', 'models', '--config', '.dependency-cruiser.cjs'], {
        cwd: copy,
        encoding: 'utf8',
      })
    } catch (error) {
      return String((error as { stdout?: string }).stdout)
    } finally {
      rmSync(copy, { recursive: true })
    }
  }

  it('passes the tree as it is', () => {
    expect(cruise('edge/engine/added.ts', 'export const one = 1\n')).toContain('no dependency violations found')
  })

  it.each([
    [
      'the file system in the engine',
      'edge/engine/added.ts',
      "import { readFileSync } from 'node:fs'\nexport const x = readFileSync\n",
      'engine-is-pure',
    ],
    [
      'the journal in the engine',
      'edge/engine/added.ts',
      "export { startJournal } from '../runtime/journal.ts'\n",
      'engine-is-pure',
    ],
    [
      'simulators in the edge',
      'edge/added.ts',
      "export { score } from '../simulators/score.ts'\n",
      'edge-imports-only',
    ],
    [
      'the edge in the models',
      'models/added.ts',
      "export { createCore } from '../edge/core.ts'\n",
      'models-imports-only',
    ],
  ])('fails on %s', (_, file, text, rule) => {
    expect(cruise(file, text)).toContain(rule)
  })
})

describe('tree', () => {
  const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).trim().split('\n')

  it('has no source file that is too long to hold in one’s head', () => {
    const long = tracked
      .filter((file) => /\.(ts|tsx|mjs|css)$/.test(file))
      .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length }))
      .filter(({ lines }) => lines > mostLines)
    expect(long).toEqual([])
  })

  it('has a README in every top-level folder', () => {
    const folders = new Set(
      tracked.filter((file) => /^[a-z]/.test(file) && file.includes('/')).map((file) => file.split('/')[0]),
    )
    folders.delete('docs')
    expect([...folders].filter((folder) => !tracked.includes(`${folder}/README.md`))).toEqual([])
  })

  it('skips no test and sleeps in none', () => {
    const marks = tracked
      .filter((file) => file.endsWith('.test.ts') && !file.startsWith('tests/tidy/'))
      .filter((file) =>
        /\b(it|test|describe)\.(skip|only|todo)\b|new Promise\(\(?\w*\)? => \{?\s*setTimeout/.test(
          readFileSync(join(root, file), 'utf8'),
        ),
      )
    expect(marks).toEqual([])
  })
})

/** docs/security.md says what is met and by which test: that its tests and keys are there, and that its counts are right. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const text = read('docs/security.md')
const rows = text.split('\n').flatMap((line) => {
  const cells = line.split('|').map((cell) => cell.trim())
  return cells.length > 2 ? [cells.slice(1, -1)] : []
})
/** Tests that are named by one letter. */
const letters = new Map(rows.flatMap(([name = '', test = '']) => (/^[A-Z]$/.test(name) ? [[name, test] as const] : [])))
const states = ['met', 'n/a', '**not met**']
const claims = rows.flatMap(([what = '', state = '', , shown = '']) => {
  const [numbers] = /^\d[\d.-]*(?:(?:, | to )\d[\d.-]*)*/.exec(what) ?? []
  return numbers !== undefined && states.includes(state) ? [{ numbers, state, shown }] : []
})

/** How many requirements of level 1 and 2 each section of OWASP ASVS 5.0.0 has; in each they come first. 253 in all. */
const asvs =
  '1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 4.3:2 4.4:4 5.1:1 5.2:3 ' +
  '5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2 8.2:3 8.3:1 8.4:1 9.1:3 ' +
  '9.2:4 10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1 12.1:3 12.2:2 12.3:4 ' +
  '13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 16.1:1 16.2:5 16.3:4 16.4:3 16.5:3 17.1:1 17.2:4 17.3:2'
/** Provisions of ETSI EN 303 645 V2.1.1. */
const etsi = '5.1:5 5.2:3 5.3:16 5.4:4 5.5:8 5.6:9 5.7:2 5.8:3 5.9:3 5.10:1 5.11:4 5.12:3 5.13:1 6:5'

const allOf = (sections: string, sign: '.' | '-') =>
  sections.split(' ').flatMap((section) => {
    const [name = '', count = ''] = section.split(':')
    return Array.from({ length: Number(count) }, (_, i) => `${name}${sign}${i + 1}`)
  })

/** `1.2.6 to 1.2.8, 1.3.1` is four. */
function numbersOf(cell: string): string[] {
  return cell.split(', ').flatMap((part) => {
    const [first = '', last] = part.split(' to ')
    if (last === undefined) return [first]
    const [, section = '', from = ''] = /^(.*[.-])(\d+)$/.exec(first) ?? []
    const count = Number(last.slice(section.length)) - Number(from) + 1
    return Array.from({ length: count }, (_, i) => `${section}${Number(from) + i}`)
  })
}

/** Numbers by state. */
function counted(sign: '.' | '-', chapter = ''): number[] {
  const isOf = (number: string) => number.includes('-') === (sign === '-') && number.startsWith(chapter)
  return states.map((state) =>
    claims.filter((claim) => claim.state === state).reduce((n, c) => n + numbersOf(c.numbers).filter(isOf).length, 0),
  )
}

describe('docs/security.md', () => {
  it('names tests that are there', () => {
    const named = [...text.matchAll(/`([\w./-]+\.test\.ts)`/g)].map(([, file = '']) => file)
    expect(named.length).toBeGreaterThan(50)
    expect(named.filter((file) => !existsSync(join(root, file)))).toEqual([])
  })

  it('says for every requirement once whether it is met', () => {
    const said = claims.flatMap(({ numbers }) => numbersOf(numbers))
    const wanted = [...allOf(asvs, '.'), ...allOf(etsi, '-')]
    expect(said.toSorted()).toEqual(wanted.toSorted())
  })

  it('shows what is met by a test, or by the document that is wanted', () => {
    const shows = (shown: string) =>
      /\.test\.ts`|\]\(|^`npm /.test(shown) || shown.split(', ').some((name) => letters.has(name))
    expect(claims.filter(({ state, shown }) => state === 'met' && !shows(shown))).toEqual([])
    const unknown = claims.flatMap(({ shown }) => shown.split(', ')).filter((n) => /^[A-Z]$/.test(n) && !letters.has(n))
    expect(unknown).toEqual([])
  })

  it('counts right', () => {
    for (const [name = '', ...counts] of rows) {
      const [, chapter] = /^V(\d+) /.exec(name) ?? []
      if (chapter !== undefined) expect(counts.map(Number), name).toEqual(counted('.', `${chapter}.`))
      if (name === 'ASVS in all') expect(counts.map(Number)).toEqual(counted('.'))
      if (name === 'EN 303 645') expect(counts.map(Number)).toEqual(counted('-'))
    }
    expect(rows.filter(([name = '']) => /^(V\d+ |ASVS in|EN 303)/.test(name))).toHaveLength(19)
  })
})

const sources = execFileSync('git', ['ls-files', 'models', 'devices', 'edge', 'gateway', 'cloud-sync'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((file) => /\.(tsx?|html)$/.test(file) && !/\.test\.ts$|testing/.test(file))
  .map((file) => ({ file, code: read(file) }))
const having = (pattern: RegExp) => sources.filter(({ code }) => pattern.test(code)).map(({ file }) => file)

describe('what runs in a store', () => {
  it.each([
    ['runs text as code', /\beval\(|new Function\(/],
    ['takes text for HTML', /(inner|outer)HTML|insertAdjacentHTML|document\.write/],
    ['hands a command to a shell', /shell: true|\bexec(Sync)?\b[^}]*\} from 'node:child_process'/],
    ['has a hash of its own choice', /createHash\('(?!sha256')/],
    ['encrypts by itself', /createCipher|subtle\.encrypt/],
    ['listens to messages of other windows', /addEventListener\('message'/],
    ['loads anything of a page from elsewhere', /(src|href)="(https?:)?\/\//],
  ])('nothing %s', (_, pattern) => {
    expect(having(pattern)).toEqual([])
  })

  it('makes nothing secret by Math.random', () => {
    expect(having(/Math\.random/)).toEqual(['cloud-sync/delivery.ts', 'gateway/cameras/cameras.ts'])
  })

  it('has each of its uses of cryptography in the list of docs/security.md', () => {
    const imports =
      /\{(?! randomUUID \})[^}]*\} from 'node:crypto'|crypto\.subtle\.|(?<!type )\{[^}]*\} from '@simplewebauthn\/server'/
    expect(having(imports).filter((file) => !text.includes(`\`${file}\``))).toEqual([])
  })

  it('keeps in browsers which store was chosen last, and no more', () => {
    const keeps = ['cloud-sync/pages/src/entry/entry-card.tsx', 'cloud-sync/pages/src/entry/phone-key.ts']
    expect(having(/(local|session)Storage\.setItem|indexedDB\.open/)).toEqual(keeps)
  })

  it('is made of packages whose bytes are known', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { integrity?: string; resolved?: string; inBundle?: boolean }>
    }
    const loose = Object.entries(packages).filter(
      ([name, { integrity, resolved, inBundle }]) =>
        name !== '' && (resolved !== undefined || (integrity === undefined && inBundle !== true)),
    )
    expect(loose.map(([name]) => name)).toEqual([])
  })
})
